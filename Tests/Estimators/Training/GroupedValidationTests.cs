using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetRnn.Tests;

/// <summary>Where the data holds several series, the latest part of each validates.</summary>
[TestClass]
public class GroupedValidationTests
{
    private static readonly MLContext Ml = new(1);

    [TestMethod]
    public void Latest_part_of_each_group_validates_and_no_training_label_reaches_into_it() => Gen.Select(
        Gen.Int[1, 30].Array[1, 6], Gen.Double[0.02, 0.95], Gen.Int[0, 6], Gen.Int[0, 40], Gen.Bool, Gen.Int[0, 1_000_000]).Sample(
        (lengths, fraction, gap, missing, interleaved, seed) =>
    {
        var random = new Random(seed);
        int[] groups = [.. lengths.SelectMany((length, g) => Enumerable.Repeat(g, length))];
        if (interleaved)
            random.Shuffle(groups);
        Row[] rows = [.. groups.Select((g, i) => new Row { Features = [i], Group = $"g{g}", Label = random.Next(100) < missing ? float.NaN : i })];
        var (train, validate) = Reference(rows, fraction, gap);
        var sequences = Sequences.Read(Ml.Data.LoadFromEnumerable(rows), "Features", 1, "Label", 1, default, "Group");
        try
        {
            var split = ValidationSplit.Create(sequences, fraction, gap);
            return split.Training.SequenceEqual(train) && split.Validation.SequenceEqual(validate);
        }
        catch (InvalidOperationException)
        {
            return train.Length == 0 || validate.Length == 0;
        }
    }, iter: 300, threads: 1);

    [TestMethod]
    public void The_split_is_that_of_ChronologicalSplit_by_the_column_that_the_windows_were_grouped_by()
    {
        var windows = Windows();
        var split = Ml.Data.ChronologicalSplit(windows, 0.3, "Group");
        var options = (Networks.Tiny with { Dropout = 0.1 }).Train(t => t with { Epochs = 3, ValidationFraction = 0.3 });
        var trainer = Ml.Forecasting.ForecastByRecurrent(options: options);
        using var byFraction = trainer.Fit(windows);
        using var given = trainer.Fit(split.TrainSet, split.TestSet);
        float[][] Forecasts(ITransformer model) => [.. model.Transform(windows).GetColumn<float[]>("Forecast")];

        Assert.AreEqual(given.Model.Manifest.Training.TrainingSequences, byFraction.Model.Manifest.Training.TrainingSequences);
        Assert.AreSequenceEqual(given.History.Select(h => h.ValidationLoss), byFraction.History.Select(h => h.ValidationLoss));
        Assert.AreSequenceEqual(Forecasts(given).SelectMany(f => f), Forecasts(byFraction).SelectMany(f => f));
    }

    [TestMethod]
    public void A_column_named_by_option_groups_data_that_was_windowed_elsewhere()
    {
        // 10 rows of each group, in turn: 2 of each validate
        var rows = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 30).Select(i => new NumberedRow { Features = [i % 5], Group = i % 3, Label = i }));
        var validation = Labels(rows, "Group");
        Assert.AreSequenceEqual([24f, 25, 26, 27, 28, 29], validation);

        var contiguous = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 30).Select(i => new NumberedRow { Features = [i % 5], Group = i / 10, Label = i }));
        Assert.AreSequenceEqual([8f, 9, 18, 19, 28, 29], Labels(contiguous, "Group"));
        Assert.AreEqual((24, 6), Counts(contiguous, "Group"));
        Assert.AreEqual((24, 6), Counts(rows, "Group"));
    }

    [TestMethod]
    public void Without_groups_the_data_is_one_series()
    {
        int[] groups = [.. Enumerable.Range(0, 30).Select(i => i / 12), 7]; // 12, 12, 6 and 1 rows
        var rows = Ml.Data.LoadFromEnumerable(groups.Select((g, i) => new NumberedRow { Features = [i % 5], Group = g, Label = i }));
        Assert.AreEqual((25, 6), Counts(rows, null)); // 6.2
        Assert.AreEqual((26, 5), Counts(rows, "Group")); // 2.4, 2.4, 1.2, and the single one trains
    }

    [TestMethod]
    public void A_group_column_that_is_gone_is_a_warning()
    {
        var log = new List<string>();
        var ml = new MLContext(1);
        ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                log.Add(e.Message);
        };
        var windows = Windows();
        var without = ml.Transforms.DropColumns("Group").Fit(windows).Transform(windows);
        using var model = ml.Forecasting.ForecastByRecurrent(options: Networks.Tiny.Train(t => t with { Epochs = 1 })).Fit(without);
        Assert.HasCount(1, log);
        Assert.Contains("windowed by 'Group', which is no longer in the data", log[0]);
        int rows = windows.GetColumn<float[]>("Window").Count();
        Assert.AreEqual((int)(rows * 0.1), model.Model.Manifest.Training.ValidationSequences);
    }

    [TestMethod]
    public void Shuffled_rows_are_a_warning_where_their_last_part_validates()
    {
        var log = new List<string>();
        var ml = new MLContext(1);
        ml.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning)
                log.Add(e.Message);
        };
        var data = Examples.Random(40).View(ml);
        ml.Regression.Trainers.Recurrent(Networks.Tiny).Fit(data).Dispose();
        ml.Regression.Trainers.Recurrent(Networks.Tiny).Fit(ml.Data.ShuffleRows(data), validation: data).Dispose();
        Assert.IsEmpty(log);

        ml.Regression.Trainers.Recurrent(Networks.Tiny).Fit(ml.Data.Cache(ml.Data.ShuffleRows(data))).Dispose();

        Assert.HasCount(1, log);
        Assert.Contains("The rows were shuffled", log[0]);
    }

    [TestMethod]
    public void A_group_column_that_is_none_is_refused()
    {
        var data = Examples.Random(20).View(Ml);
        RecurrentEstimator Trainer(string group) => Ml.Regression.Trainers.Recurrent(Networks.Tiny.Train(t => t with { GroupColumnName = group }));
        Fails.With<ArgumentException>(() => Trainer("Gone").Fit(data), "'Gone' is not in the data");
        Fails.With<ArgumentException>(() => Trainer("Features").Fit(data), "'Features' is Vector<Single");
        Fails.With<ArgumentException>(() => Trainer("Gone").GetOutputSchema(SchemaShape.Create(data.Schema)), "no column 'Gone'");
    }

    [TestMethod]
    public void Too_few_rows_are_told_with_the_number_of_groups()
    {
        var rows = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 9).Select(i => new NumberedRow { Features = [1], Group = i, Label = i }));
        Fails.With<InvalidOperationException>(() => Counts(rows, "Group"), "9 labelled rows in 9 groups", "0 to validate");
    }

    // Straight from the definition: within each group, of its n labelled rows the last round(n · fraction) validate.
    private static (int[] Train, int[] Validate) Reference(Row[] rows, double fraction, int gap)
    {
        var train = new List<int>();
        var validate = new List<int>();
        foreach (var group in rows.Select((row, i) => (row, i)).GroupBy(r => r.row.Group))
        {
            var members = group.Select(r => r.i).ToList();
            int[] labelled = [.. members.Where(i => !float.IsNaN(rows[i].Label))];
            int count = labelled.Length < 2 ? 0
                : Math.Clamp((int)Math.Round(labelled.Length * fraction, MidpointRounding.AwayFromZero), 1, labelled.Length - 1);
            validate.AddRange(labelled[^count..]);
            train.AddRange(labelled[..^count].Where(i => count == 0 || members.IndexOf(i) + gap < members.IndexOf(labelled[^count])));
        }
        return ([.. train.Order()], [.. validate.Order()]);
    }

    private static float[] Labels(IDataView rows, string group)
    {
        var sequences = Sequences.Read(rows, "Features", 1, "Label", 1, default, group);
        return [.. ValidationSplit.Create(sequences, 0.2, gap: 0).Validation.Select(i => sequences.Labels[i])];
    }

    private static (int, int) Counts(IDataView rows, string? group)
    {
        var options = Networks.Tiny.Train(t => t with { Epochs = 1, ValidationFraction = 0.2, GroupColumnName = group });
        using var model = Ml.Regression.Trainers.Recurrent(options).Fit(rows);
        return (model.Model.Manifest.Training.TrainingSequences, model.Model.Manifest.Training.ValidationSequences);
    }

    // Windows of three series of different lengths, all of them labelled in full.
    private static IDataView Windows()
    {
        int[] lengths = [30, 17, 44];
        var data = Ml.Data.LoadFromEnumerable(lengths.SelectMany(
            (length, g) => Series.NoisySine(length, seed: g + 1).Select(v => new SeriesRow { Value = v, Group = $"s{g}" })).ToArray());
        var windows = Ml.Transforms.SlidingWindow("Window", ["Value"], windowLength: 5, horizon: 3, groupColumnName: "Group").Fit(data).Transform(data);
        return Ml.Data.FilterByCustomPredicate(windows, (LabelRow row) => row.Label.Any(float.IsNaN));
    }

    private sealed class Row
    {
        [VectorType(1)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }

        public string Group { get; set; } = "";
    }

    private sealed class NumberedRow
    {
        [VectorType(1)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }

        public int Group { get; set; }
    }

    private sealed class SeriesRow
    {
        public float Value { get; set; }

        public string Group { get; set; } = "";
    }

    private sealed class LabelRow
    {
        [VectorType(3)]
        public float[] Label { get; set; } = [];
    }
}
