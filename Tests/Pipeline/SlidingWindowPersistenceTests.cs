using System.IO.Compression;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public class SlidingWindowPersistenceTests
{
    private readonly MLContext _ml = new(seed: 1);

    private sealed class Row
    {
        public float Value { get; set; }
        public int Other { get; set; }
        public string Name { get; set; } = "";
    }

    private IDataView Data() => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 30)
        .Select(i => new Row { Value = i, Other = -i, Name = i < 12 ? "a" : "b" }));

    private SlidingWindowTransformer Transformer() => _ml.Transforms
        .SlidingWindow("Window", ["Value", "Other"], 4, 3, "Next", "Other", "Name", 2).Fit(Data());

    private static SlidingWindowSettings Settings => SlidingWindowSettings.Create("Window", ["Value"], 4, 3, "Next", null, null, 2);

    private byte[] Save(ITransformer transformer)
    {
        using var stream = new MemoryStream();
        _ml.Model.Save(transformer, Data().Schema, stream);
        return stream.ToArray();
    }

    private static ITransformer Load(byte[] model) => new MLContext().Model.Load(new MemoryStream(model), out _);

    // Changes the bytes that hold the window's settings wherever they are in the zip.
    private static byte[] Edit(byte[] model, Func<byte[], int, byte[]> change)
    {
        var edited = 0;
        using var stream = new MemoryStream();
        stream.Write(model);
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
            foreach (var entry in zip.Entries.ToArray())
            {
                using var content = entry.Open();
                var bytes = new byte[content.Length];
                content.ReadExactly(bytes);
                var json = bytes.AsSpan().IndexOf("{\"OutputColumnName\""u8);
                if (json < 0)
                    continue;
                edited++;
                content.SetLength(0);
                content.Write(change(bytes, json));
            }
        Assert.AreEqual(1, edited, "the settings were not found in the file");
        return stream.ToArray();
    }

    [TestMethod]
    public void All_settings_come_back()
    {
        var loaded = (SlidingWindowTransformer)Load(Save(Transformer()));
        Assert.AreEqual("Window", loaded.OutputColumnName);
        Assert.AreSequenceEqual(["Value", "Other"], loaded.InputColumnNames);
        Assert.AreEqual(4, loaded.WindowLength);
        Assert.AreEqual(3, loaded.Horizon);
        Assert.AreEqual(2, loaded.Stride);
        Assert.AreEqual("Next", loaded.LabelColumnName);
        Assert.AreEqual("Other", loaded.TargetColumnName);
        Assert.AreEqual("Name", loaded.GroupColumnName);
        Assert.AreSequenceEqual(ViewText.Rows(Transformer().Transform(Data())), ViewText.Rows(loaded.Transform(Data())));
    }

    private static SlidingWindowOptions All { get; } = new()
    {
        InputColumns = ["Value"],
        TargetColumns = ["Other", "Value"],
        FutureColumns = ["Row"],
        StaticColumns = ["Static"],
        TimeColumn = "Row",
        GroupColumn = "Name",
        WindowLength = 4,
        Horizon = 3,
        Stride = 2,
        Padding = WindowPadding.Start,
        MissingValues = MissingValuePolicy.LinearInterpolation,
        Groups = SeriesGroups.Interleaved,
        TimeGaps = TimeGaps.NewSeries,
        LargestNumericTimeStep = 1.25,
        OutputColumn = "W",
        LabelColumn = "L",
        FutureColumn = "F",
        StaticColumn = "S",
        MaskColumn = "M",
    };

    [TestMethod]
    public void All_options_come_back()
    {
        var data = _ml.Transforms.CopyColumns("Row", "Value")
            .Append(_ml.Transforms.CustomMapping<Row, Static>((_, to) => to.Value = 1, null))
            .Append(_ml.Transforms.CopyColumns("Static", "Constant")).Fit(Data()).Transform(Data());
        var transformer = _ml.Transforms.SlidingWindow(All).Fit(data);
        var loaded = (SlidingWindowTransformer)Load(Save(transformer));
        Assert.AreEqual(SlidingWindowOptionsTests.Flat(All), SlidingWindowOptionsTests.Flat(loaded.Options));
        Assert.AreSequenceEqual(ViewText.Rows(transformer.Transform(data)), ViewText.Rows(loaded.Transform(data)));
    }

    private sealed class Static
    {
        [ColumnName("Constant")]
        public float Value { get; set; }
    }

    [TestMethod]
    public void Settings_of_the_first_format_are_read()
    {
        // As it was written before there were options.
        var json = """
            {"OutputColumnName":"Window","InputColumnNames":["Value","Other"],"WindowLength":4,"Horizon":3,"Stride":2,
            "LabelColumnName":"Next","TargetColumnName":"Other","GroupColumnName":"Name"}
            """;
        using var stream = new MemoryStream();
        SlidingWindowTransformer.WritePayload(new BinaryWriter(stream), format: 1, Encoding.UTF8.GetBytes(json));
        stream.Position = 0;
        var settings = SlidingWindowTransformer.ReadPayload(new BinaryReader(stream));
        Assert.AreEqual(SlidingWindowOptionsTests.Flat(Transformer().Options), SlidingWindowOptionsTests.Flat(settings.ToOptions()));
        Assert.AreSequenceEqual(ViewText.Rows(Transformer().Transform(Data())),
            ViewText.Rows(new SlidingWindowTransformer(settings).Transform(Data())));
    }

    [TestMethod]
    public void The_format_is_raised_only_for_what_older_builds_would_ignore()
    {
        Assert.AreEqual(1, Transformer().Settings.Format);
        var plain = new SlidingWindowOptions { InputColumns = ["Value"], WindowLength = 3 };
        Assert.AreEqual(1, SlidingWindowSettings.Create(plain).Format);
        foreach (var options in new[]
        {
            plain with { TargetColumns = ["Value", "Other"] },
            plain with { FutureColumns = ["Other"] },
            plain with { StaticColumns = ["Other"] },
            plain with { TimeColumn = "Other" },
            plain with { Padding = WindowPadding.Start },
            plain with { MissingValues = MissingValuePolicy.ForwardFill },
            plain with { GroupColumn = "Name", Groups = SeriesGroups.Interleaved },
        })
            Assert.AreEqual(2, SlidingWindowSettings.Create(options).Format);
    }

    [TestMethod]
    public void A_value_of_a_later_build_is_reported()
    {
        var json = Encoding.UTF8.GetString(Settings.ToJson()).Replace("\"Padding\":\"None\"", "\"Padding\":\"Sideways\"",
            StringComparison.Ordinal);
        Fails.With<InvalidDataException>(() => SlidingWindowSettings.FromJson(Encoding.UTF8.GetBytes(json)), "Padding");
    }

    [TestMethod]
    public void A_chain_with_windows_comes_back()
    {
        var chain = _ml.Transforms.NormalizeMinMax("Value").Append(_ml.Transforms.SlidingWindow("Window", ["Value"], 4)).Fit(Data());
        var loaded = Load(Save(chain));
        Assert.IsInstanceOfType<SlidingWindowTransformer>(((TransformerChain<ITransformer>)loaded).LastTransformer);
        Assert.AreSequenceEqual(ViewText.Rows(chain.Transform(Data())), ViewText.Rows(loaded.Transform(Data())));
        Assert.IsNull(((SlidingWindowTransformer)((TransformerChain<ITransformer>)loaded).LastTransformer).GroupColumnName);
    }

    [TestMethod]
    public void A_newer_format_is_reported_by_number()
    {
        var newer = Edit(Save(Transformer()), (bytes, json) =>
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(json - 8), SlidingWindowTransformer.Format + 6);
            return bytes;
        });
        var message = Assert.Throws<Exception>(() => Load(newer)).GetBaseException().Message;
        Assert.Contains("has format 8", message);
        Assert.Contains("reads formats up to 2", message);
    }

    [TestMethod]
    public void A_damaged_file_is_reported()
    {
        var cut = Edit(Save(Transformer()), (bytes, json) =>
        {
            bytes[json + 1] = (byte)'x';
            return bytes;
        });
        Assert.Contains("The saved sliding window cannot be read", Assert.Throws<Exception>(() => Load(cut)).GetBaseException().Message);
        var impossible = Edit(Save(Transformer()), (bytes, _) =>
            Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(bytes).Replace("\"WindowLength\":4", "\"WindowLength\":0",
                StringComparison.Ordinal)));
        Assert.Contains("windowLength is 0", Assert.Throws<Exception>(() => Load(impossible)).GetBaseException().Message);
    }

    [TestMethod]
    public void Settings_with_fields_of_a_later_build_are_read()
    {
        var json = Encoding.UTF8.GetString(Settings.ToJson()).Replace("{", "{\"Unheard of\":{\"Mode\":[1,2]},", StringComparison.Ordinal);
        using var stream = new MemoryStream();
        SlidingWindowTransformer.WritePayload(new BinaryWriter(stream), SlidingWindowTransformer.Format, Encoding.UTF8.GetBytes(json));
        stream.Position = 0;
        var settings = SlidingWindowTransformer.ReadPayload(new BinaryReader(stream));
        Assert.AreEqual(Encoding.UTF8.GetString(Settings.ToJson()), Encoding.UTF8.GetString(settings.ToJson()));
    }

    [TestMethod]
    public void A_payload_that_ends_early_or_lacks_a_setting_is_reported()
    {
        using var stream = new MemoryStream();
        SlidingWindowTransformer.WritePayload(new BinaryWriter(stream), SlidingWindowTransformer.Format, Settings.ToJson());
        stream.SetLength(stream.Length - 5);
        stream.Position = 0;
        Fails.With<InvalidDataException>(() => SlidingWindowTransformer.ReadPayload(new BinaryReader(stream)),
            "damaged");
        stream.Position = 4;
        stream.Write(BitConverter.GetBytes(int.MaxValue));
        stream.Position = 0;
        Fails.With<InvalidDataException>(() => SlidingWindowTransformer.ReadPayload(new BinaryReader(stream)), "0 of 2147483647 bytes");
        Fails.With<InvalidDataException>(() => SlidingWindowSettings.FromJson("{\"WindowLength\":3}"u8), "Horizon");
    }
}
