using System.Globalization;
using System.Text.Json;
using Microsoft.ML;

namespace MlNetRnn.Tests;

/// <summary>The table of a network's layers.</summary>
[TestClass]
public class SummaryTests
{
    [TestMethod]
    public void It_is_the_same_in_every_culture()
    {
        var ml = new MLContext(1);
        var data = Examples.Random(20).View(ml);
        var trainer = ml.Regression.Trainers.Recurrent(Networks.Tiny with { Dropout = 0.25, InputDropout = 0.125, RecurrentDropout = 0.5 });
        string expected = trainer.Summary(data.Schema);
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.AreEqual(expected, trainer.Summary(data.Schema));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static readonly MLContext Ml = new();
    private static readonly Examples Data = Examples.Random(40); // 4 steps of 2 features

    private static readonly RecurrentOptions Everything = (Networks.Tiny with
    {
        Cell = RecurrentCell.Gru,
        Bidirectional = true,
        HiddenSizes = [64, 3],
        DenseSizes = [5],
        Dropout = 0.2,
        InputDropout = 0.1,
        RecurrentDropout = 0.3,
        LayerNormalization = true,
    }).Train(t => t with { Epochs = 1 });

    // Parameters by hand: a GRU direction has 3 (H I + H H + 2 H); normalisation 2 per value; a dense layer (I + 1) O.
    private static readonly string[] Table =
    [
        "Task: regression of 'Label' from 'Features'",
        "--------------------------------------------------------------------------------",
        "Layer (type)                                        Output shape      Parameters",
        "--------------------------------------------------------------------------------",
        "input (Input)                                       [batch, 4, 2]              0",
        "dropout.input (Dropout 0.1)                         [batch, 4, 2]              0",
        "rnn.0 (Bidirectional(GRU), recurrent dropout 0.3)   [batch, 4, 128]       26,112",
        "norm.0 (LayerNormalization)                         [batch, 4, 128]          256",
        "dropout.0 (Dropout 0.2)                             [batch, 4, 128]            0",
        "rnn.1 (Bidirectional(GRU), recurrent dropout 0.3)   [batch, 6]             2,394",
        "norm.1 (LayerNormalization)                         [batch, 6]                12",
        "dropout.1 (Dropout 0.2)                             [batch, 6]                 0",
        "dense.0 (Dense, ReLU)                               [batch, 5]                35",
        "head (Dense)                                        [batch, 1]                 6",
        "--------------------------------------------------------------------------------",
        "Parameters: 28,815",
        "",
    ];

    [TestMethod]
    public void All_layers_are_listed_before_training_after_it_and_after_loading()
    {
        var estimator = Ml.Regression.Trainers.Recurrent(Everything);
        using var model = estimator.Fit(Data.View(Ml));
        using var stream = new MemoryStream();
        model.Model.Save(stream);
        stream.Position = 0;

        Assert.AreSequenceEqual(Table, Lines(estimator.Summary(Data.View(Ml).Schema)));
        Assert.AreSequenceEqual(Table, Lines(model.Summary()));
        Assert.AreSequenceEqual(Table, Lines(SequenceModel.Load(stream).Summary()));
    }

    [TestMethod]
    public void Nothing_is_listed_that_is_not_there()
    {
        var estimator = Ml.Forecasting.ForecastByRecurrent(inputColumnName: "Features", options: new() { HiddenSizes = [64, 32], Dropout = 0, DenseSizes = [] });
        string[] lines = Lines(estimator.Summary(Examples.Random(3, labelSize: 7).View(Ml).Schema));
        Assert.AreSequenceEqual(
            [
                "input (Input)   [batch, 4, 2]             0",
                "rnn.0 (LSTM)    [batch, 4, 64]       17,408", // 4 (64 · 2 + 64 · 64 + 2 · 64)
                "rnn.1 (LSTM)    [batch, 32]          12,544", // 4 (32 · 64 + 32 · 32 + 2 · 32)
                "head (Dense)    [batch, 7]              231",
            ], lines[4..8]);
        Assert.AreEqual("Task: forecasting of 'Label' from 'Features'", lines[0]);
        Assert.AreEqual("Parameters: 30,183", lines[9]);
    }

    [TestMethod]
    public void Wrong_columns_are_named_before_training() =>
        Fails.With<ArgumentException>(() => Ml.Regression.Trainers.Lstm("Gone", options: Networks.Tiny).Summary(Data.View(Ml).Schema), "no column 'Gone'");

    [TestMethod]
    public void Models_of_earlier_versions_say_that_layers_are_not_recorded()
    {
        var manifest = TinyModel.Regression.Manifest;
        var json = JsonSerializer.SerializeToNode(manifest, ManifestJson.Default.SequenceModelManifest)!;
        var network = json["network"]!.AsObject();
        foreach (string added in new[] { "inputDropout", "recurrentDropout", "layerNormalization", "readout", "attentionSize", "layers" })
            Assert.IsTrue(network.Remove(added), added);

        var read = json.Deserialize(ManifestJson.Default.SequenceModelManifest)!;
        Assert.AreEqual((0.0, 0.0, false, 0), (read.Network.InputDropout, read.Network.RecurrentDropout, read.Network.LayerNormalization, read.Network.Layers.Length));
        Assert.AreEqual((SequenceReadout.Last, null), (read.Network.Readout, read.Network.AttentionSize));
        string summary = TinyModel.Regression.With(read).Summary();
        Assert.Contains("lstm, hidden sizes [8], dense sizes [4]; the file does not record single layers", summary);
        Assert.Contains($"Parameters: {manifest.Network.Parameters}", summary);
    }

    private static string[] Lines(string summary) => summary.Split(Environment.NewLine);
}
