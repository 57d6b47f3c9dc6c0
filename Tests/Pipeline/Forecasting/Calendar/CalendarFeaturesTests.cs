using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

/// <summary>Phases of the clock and the calendar, by themselves and inside windows.</summary>
[TestClass]
public class CalendarFeaturesTests
{
    private const CalendarFields All = CalendarFields.MinuteOfHour | CalendarFields.HourOfDay | CalendarFields.DayOfWeek
        | CalendarFields.DayOfMonth | CalendarFields.DayOfYear | CalendarFields.MonthOfYear;

    private readonly MLContext _ml = new(seed: 1);

    private sealed class Row
    {
        public DateTime Time { get; set; }
        public DateTimeOffset Moment { get; set; }
        public float Value { get; set; }
        public string Name { get; set; } = "A";
    }

    private IDataView Rows(params DateTime[] times) => _ml.Data.LoadFromEnumerable(times.Select((t, i) => new Row
    {
        Time = t,
        Moment = new DateTimeOffset(t, TimeSpan.FromHours((i % 5) - 2)),
        Value = i,
    }).ToArray());

    private IDataView Hours(int count) => Rows([.. Enumerable.Range(0, count).Select(i => new DateTime(2024, 12, 30).AddHours(7 * i).AddMinutes(i))]);

    private float[] Features(DateTime time, CalendarFields fields, string column = "Time")
    {
        var rows = Rows(time);
        return _ml.Transforms.CalendarFeatures("Calendar", column, fields).Fit(rows).Transform(rows).GetColumn<float[]>("Calendar").Single();
    }

    private static float[] Phases(params double[] phases) => [.. phases.SelectMany(p => new[]
    {
        (float)Math.Sin(2 * Math.PI * p), (float)Math.Cos(2 * Math.PI * p),
    })];

    [TestMethod]
    public void Each_field_is_a_sine_and_a_cosine_of_the_share_of_its_cycle_that_has_passed()
    {
        var thursday = new DateTime(2024, 2, 29, 13, 45, 59); // day 60 of 366

        Assert.AreSequenceEqual(Phases(45 / 60.0, 13 / 24.0, 3 / 7.0, 28 / 29.0, 59 / 366.0, 1 / 12.0), Features(thursday, All));
        Assert.AreSequenceEqual(Phases(13 / 24.0), Features(thursday, CalendarFields.HourOfDay));
        Assert.AreSequenceEqual(Phases(3 / 7.0, 1 / 12.0), Features(thursday, CalendarFields.MonthOfYear | CalendarFields.DayOfWeek));
        Assert.AreSequenceEqual(Phases(6 / 7.0), Features(new DateTime(2024, 3, 3), CalendarFields.DayOfWeek)); // a Sunday
        Assert.AreSequenceEqual(Phases(364 / 365.0, 11 / 12.0), Features(new DateTime(2023, 12, 31),
            CalendarFields.DayOfYear | CalendarFields.MonthOfYear));
    }

    [TestMethod]
    public void An_offset_counts_by_its_own_clock()
    {
        var times = Rows(new DateTime(2024, 1, 1, 1, 0, 0), new DateTime(2024, 1, 1, 1, 0, 0));
        float[][] local = [.. _ml.Transforms.CalendarFeatures("C", "Moment", CalendarFields.HourOfDay).Fit(times).Transform(times).GetColumn<float[]>("C")];

        Assert.AreSequenceEqual(Phases(1 / 24.0), local[0]);
        Assert.AreSequenceEqual(local[0], local[1], "one o'clock in two zones");
    }

    [TestMethod]
    public void The_values_have_names_and_missing_fields_none()
    {
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        var rows = Hours(2);
        var column = _ml.Transforms.CalendarFeatures("Calendar", "Time", All).Fit(rows).GetOutputSchema(rows.Schema)["Calendar"];
        column.GetSlotNames(ref names);

        Assert.AreEqual("MinuteSin MinuteCos HourSin HourCos DayOfWeekSin DayOfWeekCos DayOfMonthSin DayOfMonthCos DayOfYearSin DayOfYearCos "
            + "MonthSin MonthCos", string.Join(" ", names.DenseValues()));
        Assert.AreSequenceEqual([12], ((VectorDataViewType)column.Type).Dimensions);
    }

    [TestMethod]
    [DataRow("Time")]
    [DataRow("Moment")]
    public void It_meets_what_ml_net_expects_of_a_component(string column)
    {
        var fitted = (CalendarFeaturesTransformer)ComponentContract.Check(_ml,
            _ml.Transforms.CalendarFeatures("Calendar", column, All), Hours(40));

        Assert.AreEqual(("Calendar", column, All), (fitted.OutputColumnName, fitted.InputColumnName, fitted.Fields));
        var loaded = (CalendarFeaturesTransformer)ComponentContract.Reload(_ml, fitted, Hours(1).Schema);
        Assert.AreEqual(("Calendar", column, All), (loaded.OutputColumnName, loaded.InputColumnName, loaded.Fields));
    }

    [TestMethod]
    public void A_prediction_engine_serves_it()
    {
        var rows = Hours(3);
        var fitted = _ml.Transforms.CalendarFeatures("Calendar", "Time", CalendarFields.HourOfDay).Fit(rows);
        using var engine = _ml.Model.CreatePredictionEngine<Row, Phased>(fitted);

        Assert.AreSequenceEqual(Phases(0.5), engine.Predict(new Row { Time = new DateTime(2024, 1, 1, 12, 30, 0) }).Calendar);
    }

    [TestMethod]
    public void Windows_take_the_features_as_inputs_and_as_values_that_are_known_ahead()
    {
        var rows = Hours(20);
        var fields = CalendarFields.HourOfDay | CalendarFields.DayOfWeek;
        var chain = _ml.Transforms.CalendarFeatures("Calendar", "Time", fields).Append(_ml.Transforms.SlidingWindow(new SlidingWindowOptions
        {
            InputColumns = ["Value", "Calendar"],
            FutureColumns = ["Calendar"],
            WindowLength = 4,
            Horizon = 3,
        }));
        var windows = chain.Fit(rows).Transform(rows);
        ComponentContract.Check(_ml, chain, rows);

        Assert.AreSequenceEqual([4, 5], ((VectorDataViewType)windows.Schema["Window"].Type).Dimensions);
        Assert.AreSequenceEqual([3, 4], ((VectorDataViewType)windows.Schema["Future"].Type).Dimensions);
        DateTime[] times = [.. rows.GetColumn<DateTime>("Time")];
        float[][] futures = [.. windows.GetColumn<float[]>("Future")], inputs = [.. windows.GetColumn<float[]>("Window")];
        for (int anchor = 3; anchor < 20; anchor++)
        {
            Assert.AreSequenceEqual(Enumerable.Range(anchor - 3, 4).SelectMany(i => (float[])[i, .. Features(times[i], fields)]), inputs[anchor - 3]);
            var known = Enumerable.Range(anchor + 1, 3).SelectMany(i => i < 20 ? Features(times[i], fields) : [.. Enumerable.Repeat(float.NaN, 4)]);
            Assert.AreSequenceEqual(known, futures[anchor - 3]);
        }
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        windows.Schema["Future"].GetSlotNames(ref names);
        Assert.AreEqual("Calendar.HourSin[t+1]", names.GetItemOrDefault(0).ToString());
    }

    [TestMethod]
    public void What_is_wrong_is_said_before_data_is_read()
    {
        Fails.With<ArgumentException>(() => _ml.Transforms.CalendarFeatures("", "", CalendarFields.None), "CalendarFeatures, 3 problems",
            "outputColumnName is empty", "inputColumnName is empty", "fields is None, expected one or several of MinuteOfHour, HourOfDay");
        Fails.With<ArgumentException>(() => _ml.Transforms.CalendarFeatures("C", "Time", (CalendarFields)1024), "fields is 1024");
        Fails.With<ArgumentException>(() => _ml.Transforms.CalendarFeatures("C", "When", All).Fit(Hours(1)),
            "'When' is not in the data, which has: Time, Moment, Value, Name");
        Fails.With<ArgumentException>(() => _ml.Transforms.CalendarFeatures("C", "Value", All).Fit(Hours(1)),
            "'Value' is Single, expected a scalar DateTime or DateTimeOffset");
        var fitted = _ml.Transforms.CalendarFeatures("C", "Time", All).Fit(Hours(1));
        var other = _ml.Data.LoadFromEnumerable(new[] { new { Time = 1.0 } });
        Fails.With<ArgumentException>(() => fitted.Transform(other), "'Time' is Double");
    }

    [TestMethod]
    public void A_damaged_or_later_file_says_so()
    {
        static CalendarSettings Load(params byte[] bytes) => CalendarSettings.Load(new BinaryReader(new MemoryStream(bytes)));
        using var stream = new MemoryStream();
        new CalendarSettings("C", "Time", All).Save(new BinaryWriter(stream));
        byte[] saved = stream.ToArray();

        Assert.AreEqual(new CalendarSettings("C", "Time", All), Load(saved));
        Fails.With<InvalidDataException>(() => Load(saved[..^1]), "calendar features (format 1) are damaged");
        Fails.With<InvalidDataException>(() => Load([9, .. saved[1..]]), "format 9", "reads formats up to 1");
        Fails.With<InvalidDataException>(() => Load([0, .. saved[1..]]), "damaged: format 0");
        Fails.With<InvalidDataException>(() => Load([.. saved[..^4], 0, 0, 0, 0]), "fields is None");
    }

    [TestMethod]
    public void Onnx_has_no_times_and_the_export_names_the_step()
    {
        var rows = Hours(60);
        var chain = _ml.Transforms.CalendarFeatures("Calendar", "Time", CalendarFields.HourOfDay)
            .Append(_ml.Transforms.SlidingWindow("Window", ["Value", "Calendar"], 4))
            .Append(_ml.Regression.Trainers.Lstm("Label", "Window", Networks.Tiny with { Training = new() { Epochs = 1, Seed = 1 } }))
            .Fit(rows);

        Fails.With<NotSupportedException>(() => _ml.Model.SaveAsOnnx(chain, rows.Schema, Stream.Null),
            "step 1 of 3, a CalendarFeaturesTransformer, makes 'Calendar'", "cannot be written as ONNX", "outside of the exported pipeline");
    }

    private sealed class Phased
    {
        public float[] Calendar { get; set; } = [];
    }
}
