using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers.FastTree;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests.Composition;

/// <summary>Other steps of ML.NET that a team puts before, beside and after windows and trainers.</summary>
[TestClass]
public sealed class FirstWeekTests
{
    private readonly MLContext _ml = new(seed: 1);

    private RecurrentEstimator Trainer => _ml.Regression.Trainers.Lstm("Label", "Window", Networks.Tiny);

    private SlidingWindowEstimator Windowing => _ml.Transforms.SlidingWindow("Window", ["Close", "Volume"], 5, groupColumnName: "Share");

    private static Dictionary<string, Func<MLContext, IDataView, IDataView>> Choices { get; } = new()
    {
        ["TakeRows"] = (ml, data) => ml.Data.TakeRows(data, 80),
        ["SkipRows"] = (ml, data) => ml.Data.SkipRows(data, 40),
        ["FilterRowsByColumn"] = (ml, data) => ml.Data.FilterRowsByColumn(data, "Day", lowerBound: 10),
        ["FilterByCustomPredicate"] = (ml, data) => ml.Data.FilterByCustomPredicate<Trade>(data, row => row.Day < 10),
    };

    public static IEnumerable<string> ChoiceNames => Choices.Keys;

    [TestMethod]
    [DynamicData(nameof(ChoiceNames))]
    public void Rows_chosen_before_windowing_train_as_if_there_were_no_others(string choice)
    {
        var chosen = Choices[choice](_ml, Trade.View(_ml));
        var copied = _ml.Data.LoadFromEnumerable(_ml.Data.CreateEnumerable<Trade>(chosen, reuseRowObject: false).ToArray());

        var model = Windowing.Append(Trainer).Fit(chosen);
        var expected = Windowing.Append(Trainer).Fit(copied);

        Assert.AreSequenceEqual(ViewText.Rows(expected.Transform(copied), "Score"), ViewText.Rows(model.Transform(chosen), "Score"));
    }

    [TestMethod]
    public void Windows_saved_as_a_binary_file_train_the_same_model()
    {
        using var folder = new TemporaryFolder();
        var windows = Windows();
        using (var stream = File.Create(folder["windows.idv"]))
            _ml.Data.SaveAsBinary(windows, stream);
        var loaded = _ml.Data.LoadFromBinary(folder["windows.idv"]);
        // Differencing finds the target among two features by the label's annotation, the split its horizon.
        var options = Networks.Tiny with { Scaling = new() { Difference = true } };

        var trainer = _ml.Regression.Trainers.Gru("Label", "Window", options);
        using var expected = trainer.Fit(_ml.Data.ChronologicalSplit(windows, 0.2, "Share").TrainSet);
        using var model = trainer.Fit(_ml.Data.ChronologicalSplit(loaded, 0.2, "Share").TrainSet);

        Assert.AreSequenceEqual(ViewText.Rows(windows), ViewText.Rows(loaded));
        Assert.AreSequenceEqual(ViewText.Rows(expected.Transform(windows), "Score"), ViewText.Rows(model.Transform(windows), "Score"));
    }

    [TestMethod]
    public void Scored_rows_become_objects()
    {
        using var model = Trainer.Fit(Windows());
        var scored = model.Transform(Windows());

        var rows = _ml.Data.CreateEnumerable<ScoredTrade>(scored, reuseRowObject: false).ToArray();

        Assert.HasCount(3 * 36, rows);
        Assert.AreSequenceEqual(scored.GetColumn<float>("Score"), rows.Select(r => r.Score));
        Assert.AreSequenceEqual(scored.GetColumn<string>("Share"), rows.Select(r => r.Share));
        Assert.AreSequenceEqual(Trade.Rows(40).Take(5).SelectMany(t => new[] { t.Close, t.Volume }), rows[0].Window);
        Assert.AreEqual(rows[1].Window[^2], rows[0].Label, "the label is the next day's close");
    }

    [TestMethod]
    public void Encoded_and_concatenated_columns_are_windowed()
    {
        var chain = _ml.Transforms.Categorical.OneHotEncoding("Code", "Share")
            .Append(_ml.Transforms.Concatenate("Step", "Close", "Volume", "Code"))
            .Append(_ml.Transforms.SlidingWindow("Window", ["Step"], 5, targetColumnName: "Close", groupColumnName: "Share"))
            .Append(Trainer);
        var model = chain.Fit(Trade.View(_ml));

        var scored = model.Transform(Trade.View(_ml));

        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 5, 5), scored.Schema["Window"].Type);
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["Window"].GetSlotNames(ref names);
        Assert.AreSequenceEqual(["Step.Close[t]", "Step.Volume[t]", "Step.Code.share 0[t]", "Step.Code.share 1[t]", "Step.Code.share 2[t]"],
            names.DenseValues().TakeLast(5).Select(n => n.ToString()));
        var loaded = ComponentContract.Reload(_ml, model, Trade.View(_ml).Schema);
        Assert.AreSequenceEqual(ViewText.Rows(scored), ViewText.Rows(loaded.Transform(Trade.View(_ml))));
        Assert.IsTrue(scored.GetColumn<float>("Score").All(float.IsFinite));
    }

    [TestMethod]
    public void A_double_column_is_windowed_as_it_is_and_through_ConvertType()
    {
        var doubles = _ml.Transforms.Conversion.ConvertType("Precise", "Close", DataKind.Double).Fit(Trade.View(_ml))
            .Transform(Trade.View(_ml));
        var converted = _ml.Transforms.Conversion.ConvertType("Precise", outputKind: DataKind.Single);
        var windowing = _ml.Transforms.SlidingWindow("Window", ["Precise"], 5, groupColumnName: "Share");

        var direct = windowing.Append(Trainer).Fit(doubles);
        var through = converted.Append(windowing).Append(Trainer).Fit(doubles);

        Assert.AreSequenceEqual(ViewText.Rows(direct.Transform(doubles), "Window", "Label", "Score"),
            ViewText.Rows(through.Transform(doubles), "Window", "Label", "Score"));
    }

    [TestMethod]
    public void Other_trainers_take_windows()
    {
        float[] labels = [.. Windows().GetColumn<float>("Label").Where(float.IsFinite)];
        double deviation = Math.Sqrt(labels.Average(l => Math.Pow(l - labels.Average(), 2)));
        IEstimator<ITransformer>[] trainers =
        [
            _ml.Transforms.NormalizeMeanVariance("Window").Append(_ml.Regression.Trainers.Sdca(featureColumnName: "Window")),
            _ml.Regression.Trainers.FastTree(new FastTreeRegressionTrainer.Options
            {
                FeatureColumnName = "Window",
                NumberOfTrees = 20,
                NumberOfThreads = 1,
            }),
        ];

        foreach (var trainer in trainers)
        {
            var metrics = _ml.Regression.Evaluate(trainer.Fit(Windows()).Transform(Windows()));
            Assert.IsLessThan(0.2 * deviation, metrics.RootMeanSquaredError, $"{trainer}");
        }
    }

    [TestMethod]
    public void Two_models_stand_side_by_side_in_one_chain()
    {
        var chain = Windowing.AppendCacheCheckpoint(_ml)
            .Append(Trainer).Append(_ml.Transforms.CopyColumns("Lstm", "Score"))
            .Append(_ml.Regression.Trainers.Gru("Label", "Window", Networks.Tiny)).Append(_ml.Transforms.CopyColumns("Gru", "Score"))
            .Append(_ml.Transforms.SelectColumns("Label", "Lstm", "Gru"));
        var model = chain.Fit(Trade.View(_ml));
        using var lstm = Trainer.Fit(Windows());
        using var gru = _ml.Regression.Trainers.Gru("Label", "Window", Networks.Tiny).Fit(Windows());

        foreach (var one in new[] { model, ComponentContract.Reload(_ml, model, Trade.View(_ml).Schema) })
        {
            var scored = one.Transform(Trade.View(_ml));
            Assert.AreSequenceEqual(["Label", "Lstm", "Gru"], scored.Schema.Select(c => c.Name));
            Assert.AreSequenceEqual(ViewText.Rows(lstm.Transform(Windows()), "Score"), ViewText.Rows(scored, "Lstm"));
            Assert.AreSequenceEqual(ViewText.Rows(gru.Transform(Windows()), "Score"), ViewText.Rows(scored, "Gru"));
            Assert.AreNotEqual(_ml.Regression.Evaluate(scored, scoreColumnName: "Lstm").RootMeanSquaredError,
                _ml.Regression.Evaluate(scored, scoreColumnName: "Gru").RootMeanSquaredError);
        }
    }

    [TestMethod]
    public void A_chain_appended_to_a_chain_is_one_estimator()
    {
        var before = _ml.Transforms.NormalizeMinMax("Close").Append(_ml.Transforms.NormalizeMinMax("Volume"));
        var after = Trainer.Append(_ml.Transforms.CopyColumns("Prediction", "Score"));

        var nested = before.Append(Windowing.Append(after)).Fit(Trade.View(_ml));
        var flat = before.Append(Windowing).Append(Trainer).Append(_ml.Transforms.CopyColumns("Prediction", "Score")).Fit(Trade.View(_ml));

        Assert.AreSequenceEqual(ViewText.Rows(flat.Transform(Trade.View(_ml))), ViewText.Rows(nested.Transform(Trade.View(_ml))));
        Assert.AreSequenceEqual(ViewText.Rows(flat.Transform(Trade.View(_ml))),
            ViewText.Rows(ComponentContract.Reload(_ml, nested, Trade.View(_ml).Schema).Transform(Trade.View(_ml))));
    }

    [TestMethod]
    public void A_model_of_steps_that_map_rows_serves_a_prediction_engine()
    {
        var rowSteps = Trainer.Append(_ml.Transforms.CopyColumns("Prediction", "Score")).Fit(Windows());
        using var engine = _ml.Model.CreatePredictionEngine<TradeWindow, Prediction>(rowSteps);

        var windows = _ml.Data.CreateEnumerable<TradeWindow>(Windows(), reuseRowObject: false).ToArray();

        Assert.AreSequenceEqual(rowSteps.Transform(Windows()).GetColumn<float>("Prediction").Select(p => MathF.Round(p, 4)),
            windows.Select(w => MathF.Round(engine.Predict(w).Value, 4)));
    }

    [TestMethod]
    public void Windowing_in_the_training_scope_leaves_a_model_that_serves_rows()
    {
        var model = new EstimatorChain<ITransformer>().Append(Windowing, TransformerScope.TrainTest).Append(Trainer).Fit(Trade.View(_ml));

        var serving = model.GetModelFor(TransformerScope.Scoring);

        // (ML.NET's chain checks its columns by the scoring scope always, so that the whole of such a chain transforms no raw rows.)
        Assert.IsTrue(((ITransformer)serving).IsRowToRowMapper);
        var whole = Windowing.Append(Trainer).Fit(Trade.View(_ml));
        Assert.AreSequenceEqual(ViewText.Rows(whole.Transform(Trade.View(_ml)), "Score"), ViewText.Rows(serving.Transform(Windows()), "Score"));
    }

    [TestMethod]
    public void A_loader_is_saved_with_the_chain_and_reads_files_into_scores()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllLines(folder["closes.csv"],
            Trade.Rows(40).Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Close:R},{t.Share}")));
        var source = new MultiFileSource(folder["closes.csv"]);
        var loader = _ml.Data.CreateTextLoader(
            [new TextLoader.Column("Close", DataKind.Single, 0), new("Share", DataKind.String, 1)], separatorChar: ',');
        var model = loader.Append(_ml.Transforms.SlidingWindow("Window", ["Close"], 5, groupColumnName: "Share").Append(Trainer)).Fit(source);
        using (var stream = File.Create(folder["model.zip"]))
            _ml.Model.Save(model.Transformer, model.Loader, stream);

        var loaded = new MLContext().Model.LoadWithDataLoader(folder["model.zip"], out var loadedLoader);

        var expected = ViewText.Rows(model.Load(source));
        Assert.HasCount(3 * 36, expected);
        Assert.AreSequenceEqual(expected, ViewText.Rows(loaded.Transform(loadedLoader.Load(source))));
    }

    [TestMethod]
    public void A_preview_shows_windows_and_scores()
    {
        using var model = Trainer.Fit(Windows());
        var scored = model.Transform(Windows());

        var preview = scored.Preview(maxRows: 7);

        Assert.HasCount(7, preview.RowView);
        Assert.AreSequenceEqual(
            scored.GetColumn<float>("Score").Take(7).Cast<object>(), preview.ColumnView.Single(c => c.Column.Name == "Score").Values);
    }

    [TestMethod]
    public void Messages_of_training_inside_a_chain_reach_the_contexts_log()
    {
        var lines = new List<string>();
        _ml.Log += (_, e) =>
        {
            if (e.Source.Contains(nameof(RecurrentEstimator), StringComparison.Ordinal) && e.Kind == ChannelMessageKind.Info)
                lines.Add(e.Message);
        };

        _ml.Transforms.NormalizeMeanVariance("Close").Append(Windowing).AppendCacheCheckpoint(_ml).Append(Trainer).Fit(Trade.View(_ml));

        Assert.Contains("[Source=RecurrentEstimator; Training, Kind=Info] Training on 90 sequences of 5 steps x 2 features", lines[0]);
        Assert.AreSequenceEqual(["Epoch 1:", "Epoch 2:"], lines.Skip(1).Select(l => l[l.IndexOf("Epoch", StringComparison.Ordinal)..][..8]));
    }

    private IDataView Windows() => Windowing.Fit(Trade.View(_ml)).Transform(Trade.View(_ml));

    private sealed class ScoredTrade
    {
        public string Share { get; set; } = "";

        [VectorType(5, 2)]
        public float[] Window { get; set; } = [];

        public float Label { get; set; }

        public float Score { get; set; }
    }

    private sealed class TradeWindow
    {
        [VectorType(5, 2)]
        public float[] Window { get; set; } = [];
    }

    private sealed class Prediction
    {
        [ColumnName("Prediction")]
        public float Value { get; set; }
    }
}
