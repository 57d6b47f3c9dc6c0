using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetRnn.Tests.Scenarios;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class EngineCheckpointTests : IDisposable
{
    private static readonly Reading[] s_rows = Readings.Random(11, 120, groups: 5);

    private readonly MLContext _ml = new(1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void After_a_restore_predictions_go_on_as_without_a_break()
    {
        foreach (string? group in Readings.GroupColumns.Append(null))
        {
            var model = Readings.Model(_ml, group);
            var expected = Readings.Transformed(_ml, model, Readings.Contiguous(s_rows, group));
            var actual = new Dictionary<int, Prediction>();
            string file = _folder["state"];
            foreach (var rows in s_rows.Chunk(35)) // breaks before and after windows are full
            {
                // As a fresh process does: load the model, take up the state, push, leave the state.
                var loaded = ComponentContract.Reload(_ml, model, _ml.Data.LoadFromEnumerable(s_rows).Schema);
                using var engine = loaded.CreateSequenceEngine<Reading, Prediction>(new MLContext());
                if (File.Exists(file))
                    engine.Restore(file);
                foreach (var (row, prediction) in Readings.Pushed(engine, rows))
                    actual.Add(row, prediction);
                engine.Checkpoint(file);
            }
            Assert.AreEqual(expected.Count, actual.Count);
            Readings.AreEqual(expected, actual);
            File.Delete(file);
        }
    }

    [TestMethod]
    public void A_stream_holds_the_same_as_a_file()
    {
        using var engine = Filled(Readings.Model(_ml));
        engine.Checkpoint(_folder["state"]);

        CollectionAssert.AreEqual(File.ReadAllBytes(_folder["state"]), Bytes(engine));
        Assert.AreSequenceEqual(["state"], _folder.Names);
    }

    [TestMethod]
    public void What_the_engine_held_before_is_replaced()
    {
        var model = Readings.Model(_ml);
        using var empty = model.CreateSequenceEngine<Reading, Prediction>(_ml);
        using var engine = Filled(model);
        Assert.AreEqual(5, engine.GroupCount);

        engine.Restore(new MemoryStream(Bytes(empty)));

        Assert.AreEqual(0, engine.GroupCount);
        Assert.IsNull(engine.Push(s_rows[0]));
    }

    [TestMethod]
    public void A_cut_or_changed_checkpoint_is_refused_and_the_engine_goes_on_as_before()
    {
        var model = Readings.Model(_ml);
        using var engine = Filled(model);
        byte[] bytes = Bytes(engine);
        using var other = model.CreateSequenceEngine<Reading, Prediction>(_ml);
        Readings.Pushed(other, s_rows.Take(40));
        byte[] before = Bytes(other);

        for (int i = 0; i < bytes.Length; i += 7)
        {
            byte[] cut = bytes[..i];
            Fails.With<FormatException>(() => other.Restore(new MemoryStream(cut)), "The stream is cut");
            byte[] changed = [.. bytes];
            changed[i] ^= 4;
            Assert.Throws<FormatException>(() => other.Restore(new MemoryStream(changed)));
        }
        byte[] longer = [.. bytes, 0];
        Fails.With<FormatException>(() => other.Restore(new MemoryStream(longer)), "cut or corrupted", "SHA-256");

        CollectionAssert.AreEqual(before, Bytes(other));
    }

    [TestMethod]
    public void A_newer_format_is_named()
    {
        using var engine = Filled(Readings.Model(_ml));
        byte[] bytes = Bytes(engine);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), EngineCheckpoint.Form.Format + 1);
        File.WriteAllBytes(_folder["state"], Sealed(bytes));

        Fails.With<FormatException>(() => engine.Restore(_folder["state"]), _folder["state"], "format 2", "up to 1", "Update");
    }

    [TestMethod]
    public void Histories_that_do_not_fit_are_refused_even_under_a_right_checksum()
    {
        using var engine = Filled(Readings.Model(_ml));
        byte[] bytes = Bytes(engine);
        byte[] before = [.. bytes];
        foreach (int groups in (int[])[-1, 1, int.MaxValue]) // after magic, format and identity
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(8 + 4 + 32), groups);
            Fails.With<FormatException>(() => engine.Restore(new MemoryStream(Sealed(bytes))), "cut or corrupted");
        }
        CollectionAssert.AreEqual(before, Bytes(engine));
    }

    [TestMethod]
    public void Another_file_is_refused()
    {
        using var engine = Readings.Model(_ml).CreateSequenceEngine<Reading, Prediction>(_ml);
        _ml.Model.Save(Readings.Model(_ml), null, _folder["model.zip"]);

        Fails.With<FormatException>(() => engine.Restore(_folder["model.zip"]), "model.zip", "not a checkpoint", "Checkpoint");
        Fails.With<FileNotFoundException>(() => engine.Restore(_folder["none"]), "none", "checkpoint");
        Fails.With<IOException>(() => engine.Checkpoint(_folder["no folder/state"]), "no folder");
    }

    [TestMethod]
    public void A_checkpoint_of_another_model_is_refused_and_the_engine_goes_on_as_before()
    {
        var other = TinyModel.Tampered(TinyModel.Regression, graph => graph.Name += " trained again");
        using var engine = Filled(Readings.Model(_ml));
        byte[] before = Bytes(engine);

        foreach (var model in (ITransformer[])[Readings.Model(_ml, model: other), Readings.Model(_ml, group: "Name"),
            Readings.Model(_ml, group: null)])
        {
            using var stranger = Filled(model);
            byte[] bytes = Bytes(stranger);
            Fails.With<InvalidOperationException>(() => engine.Restore(new MemoryStream(bytes)), "another model");
        }
        CollectionAssert.AreEqual(before, Bytes(engine));
    }

    [TestMethod]
    public void Group_values_of_every_type_come_back()
    {
        ComesBack("", "a", "\ud800", "\ud801", "日本");
        ComesBack(true, false);
        ComesBack(sbyte.MinValue, sbyte.MaxValue);
        ComesBack(byte.MaxValue);
        ComesBack(short.MinValue);
        ComesBack(ushort.MaxValue);
        ComesBack(int.MinValue, -1);
        ComesBack(uint.MaxValue);
        ComesBack(long.MinValue);
        ComesBack(ulong.MaxValue);
        ComesBack(float.NaN, float.Epsilon, float.NegativeInfinity);
        ComesBack(double.NaN, double.Epsilon);
        ComesBack(DateTime.MaxValue, new DateTime(2020, 1, 1, 1, 1, 1, DateTimeKind.Utc));
        ComesBack(DateTimeOffset.MinValue, new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.FromHours(5)));
        ComesBack(TimeSpan.MinValue);
        ComesBack(new DataViewRowId(1, ulong.MaxValue));

        static void ComesBack<T>(params T[] values) where T : notnull
        {
            using var stream = new MemoryStream();
            using var writer = new BinaryWriter(stream);
            foreach (T value in values)
                GroupValues.Write(writer, value);
            stream.Position = 0;
            using var reader = new BinaryReader(stream);
            foreach (T value in values)
                Assert.AreEqual(value, GroupValues.Read<T>(reader));
            Assert.AreEqual(stream.Length, stream.Position);
        }
    }

    private SequenceEngine<Reading, Prediction> Filled(ITransformer model)
    {
        var engine = model.CreateSequenceEngine<Reading, Prediction>(_ml);
        Readings.Pushed(engine, s_rows);
        return engine;
    }

    private static byte[] Bytes(SequenceEngine<Reading, Prediction> engine)
    {
        using var stream = new MemoryStream();
        engine.Checkpoint(stream);
        return stream.ToArray();
    }

    // The checksum of changed contents, as one who means harm would write it.
    private static byte[] Sealed(byte[] bytes)
    {
        var content = bytes.AsSpan(0, bytes.Length - SHA256.HashSizeInBytes);
        return [.. content, .. SHA256.HashData(content)];
    }
}
