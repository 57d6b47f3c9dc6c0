using Google.Protobuf;
using MlNetRnn.Onnx;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class OnnxFileTests
{
    private static byte[] Bytes => [.. TinyModel.Regression.OnnxBytes];

    [TestMethod]
    public void A_written_file_is_read_back_whole()
    {
        using var folder = new Scenarios.TemporaryFolder();
        TinyModel.Regression.Save(folder["model.onnx"]);

        var loaded = SequenceModel.Load(folder["model.onnx"]);

        Assert.AreSequenceEqual(Bytes, loaded.OnnxBytes);
        Assert.AreSequenceEqual(TinyModel.Regression.Manifest.Training.History, loaded.Manifest.Training.History);
        using var stream = File.OpenRead(folder["model.onnx"]);
        Assert.AreSequenceEqual(Bytes, SequenceModel.Load(stream).OnnxBytes);
    }

    [TestMethod]
    public void A_missing_file_is_named()
    {
        Assert.Contains("nowhere.onnx", Assert.Throws<FileNotFoundException>(() => SequencePredictor.Load("nowhere.onnx")).Message);
    }

    [TestMethod]
    public void A_stream_that_is_null_is_named()
    {
        Fails.With<ArgumentNullException>(() => SequenceModel.Load((Stream)null!), "stream");
        Fails.With<ArgumentNullException>(() => TinyModel.Regression.Save((Stream)null!), "stream");
    }

    [TestMethod]
    public void A_damaged_file_is_named()
    {
        using var folder = new Scenarios.TemporaryFolder();
        File.WriteAllBytes(folder["model.onnx"], Bytes[..^20]);

        Fails.With<FormatException>(() => SequencePredictor.Load(folder["model.onnx"]), folder["model.onnx"], "cut or corrupted");
    }

    [TestMethod]
    public void A_file_cut_anywhere_is_reported_as_cut()
    {
        byte[] whole = Bytes;
        for (int i = 0; i < whole.Length; i++)
        {
            string message = Failure(whole[..i]);
            Assert.IsTrue(message.Contains("cut", StringComparison.Ordinal) || message.Contains("corrupted", StringComparison.Ordinal), $"{i}: {message}");
            Assert.Contains("anew", message);
        }
    }

    [TestMethod]
    public void A_flipped_byte_anywhere_is_reported()
    {
        byte[] whole = Bytes;
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] flipped = [.. whole];
            flipped[i] ^= (byte)(1 << (i % 8));
            string message = Failure(flipped); // a flipped format digit may read as a newer format
            Assert.IsTrue(message.Contains("corrupted", StringComparison.Ordinal) || message.Contains("model format", StringComparison.Ordinal), $"{i}: {message}");
        }
    }

    [TestMethod]
    public void A_file_that_another_program_wrote_anew_with_the_same_contents_is_read()
    {
        var proto = ModelProto.Parser.ParseFrom(Bytes);
        var properties = proto.MetadataProps.Clone();
        proto.MetadataProps.Clear();
        byte[] rest = proto.ToByteArray();
        byte[] metadataFirst = [.. new ModelProto { MetadataProps = { properties } }.ToByteArray(), .. rest];
        Assert.AreNotEqual(Bytes[0], metadataFirst[0]);

        using var predictor = new SequencePredictor(SequenceModel.FromBytes(metadataFirst, "The file"));

        using var plain = new SequencePredictor(TinyModel.Regression);
        Assert.AreEqual(plain.Predict(new float[12])[0], predictor.Predict(new float[12])[0]);
    }

    [TestMethod]
    public void A_newer_format_is_reported_before_anything_else_of_it_is_read()
    {
        string message = Failure(OnnxEdit.WithProperty(OnnxEdit.WithManifest(Bytes, _ => "[]"), "mlnetrnn.format", "12"));

        Assert.Contains("model format 12", message);
        Assert.Contains($"up to {SequenceModelManifest.CurrentFormatVersion}", message);
        Assert.Contains("Update the MlNetRnn packages", message);
    }

    [TestMethod]
    public void An_onnx_file_of_others_is_told_from_a_damaged_one()
    {
        string foreign = Failure(OnnxEdit.WithoutProperties(Bytes, "pytorch"));
        Assert.Contains("not one of MlNetRnn's", foreign);
        Assert.Contains("SaveAsOnnx", foreign);

        Assert.Contains("corrupted", Failure(OnnxEdit.WithoutProperties(Bytes, "MlNetRnn")));
    }

    [TestMethod]
    public void A_zip_file_is_sent_to_the_right_loader()
    {
        Assert.Contains("ml.Model.Load", Failure([.. "PK\u0003\u0004"u8, 0, 0]));
    }

    [TestMethod]
    public void A_manifest_that_cannot_be_read_is_reported()
    {
        Assert.Contains("manifest", Failure(OnnxEdit.WithManifest(Bytes, _ => "{")));
        Assert.Contains("manifest", Failure(OnnxEdit.WithManifest(Bytes, _ => "null")));
        Assert.Contains("outputs", Failure(OnnxEdit.WithManifest(Bytes, json => json.Replace("\"outputs\"", "\"other\"", StringComparison.Ordinal))));
    }

    [TestMethod]
    public void Fields_that_a_later_build_adds_are_passed_over()
    {
        var model = SequenceModel.FromBytes(OnnxEdit.WithManifest(Bytes, json => "{\"later\":[{}]," + json[1..]), "The file");

        using var predictor = new SequencePredictor(model);
        Assert.HasCount(1, predictor.Predict(new float[12]));
    }

    // The clear text must be the innermost: that is what GetBaseException gives.
    private static string Failure(byte[] file)
    {
        string message = Assert.Throws<FormatException>(() => SequenceModel.FromBytes(file, "'model.onnx'")).GetBaseException().Message;
        Assert.Contains("'model.onnx'", message);
        return message;
    }
}
