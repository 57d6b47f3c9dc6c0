using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class ModelZipTests
{
    private readonly MLContext _ml = new(1);
    private readonly TransformerChain<ITransformer> _chain;
    private readonly IDataView _series;
    private readonly byte[] _file;

    public ModelZipTests()
    {
        _series = TinyModel.Series(_ml, 400);
        _chain = TinyModel.Chain(_ml, TinyModel.Regression);
        _file = ModelZip.Save(_chain, _series.Schema);
    }

    [TestMethod]
    public void A_saved_chain_gives_the_same_scores_bit_for_bit()
    {
        float[] expected = [.. TinyModel.Scores(_chain.Transform(_series))];

        Assert.HasCount(395, expected);
        Assert.AreSequenceEqual(expected, TinyModel.Scores(ModelZip.Load(_file).Transform(_series)));
    }

    [TestMethod]
    public void A_saved_forecaster_gives_the_same_forecasts_bit_for_bit()
    {
        var chain = TinyModel.Chain(_ml, TinyModel.Forecasting);

        var loaded = ModelZip.Load(ModelZip.Save(chain, _series.Schema));

        Assert.AreSequenceEqual(
            chain.Transform(_series).GetColumn<float[]>("Forecast").SelectMany(f => f), loaded.Transform(_series).GetColumn<float[]>("Forecast").SelectMany(f => f));
    }

    [TestMethod]
    public void A_file_on_disk_loads_with_its_input_schema()
    {
        string path = Path.GetTempFileName();
        try
        {
            AtomicFile.Write(path, stream => _ml.Model.Save(_chain, _series.Schema, stream));

            var loaded = new MLContext().Model.Load(path, out var schema);

            Assert.AreSequenceEqual(_series.Schema.Select(c => $"{c.Name} {c.Type}"), schema.Select(c => $"{c.Name} {c.Type}"));
            Assert.AreSequenceEqual(TinyModel.Scores(_chain.Transform(_series)), TinyModel.Scores(loaded.Transform(_series)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestMethod]
    public void Manifest_and_history_come_back()
    {
        var loaded = (SequenceTransformer)((TransformerChain<ITransformer>)ModelZip.Load(_file)).LastTransformer;

        var (expected, actual) = (TinyModel.Regression.Manifest, loaded.Model.Manifest);
        Assert.AreSequenceEqual(expected.Training.History, loaded.History);
        Assert.HasCount(2, loaded.History);
        Assert.AreSequenceEqual(expected.Outputs, actual.Outputs);
        Assert.AreSequenceEqual(expected.Scaling.FeatureMeans, actual.Scaling.FeatureMeans);
        Assert.AreSequenceEqual([0], actual.Scaling.DifferencedFeatures!.Value);
        Assert.AreEqual(expected.Training.OnnxMaxAbsDiff, actual.Training.OnnxMaxAbsDiff);
        Assert.AreEqual(("LSTM", 6, 2, "Window", "Label"), (actual.Network.Cell.ToUpperInvariant(), actual.Steps, actual.Features, actual.FeatureColumnName, actual.LabelColumnName));
        Assert.AreSequenceEqual(TinyModel.Regression.OnnxBytes, loaded.Model.OnnxBytes);
    }

    [TestMethod]
    public void A_flipped_byte_of_the_graph_is_reported_as_corrupted()
    {
        foreach (int position in new[] { 0, TinyModel.Regression.OnnxBytes.Length / 2, TinyModel.Regression.OnnxBytes.Length - 1 })
        {
            var file = ModelZip.Edit(_file, (name, bytes) => IsGraph(name) ? Flip(bytes, position) : null);
            AssertSays(ModelZip.Failure(file), "corrupted", "model.onnx", "checksum", "Copy or save the model anew");
        }
    }

    [TestMethod]
    public void A_cut_or_missing_graph_is_reported_as_corrupted()
    {
        AssertSays(ModelZip.Failure(ModelZip.Edit(_file, (name, bytes) => IsGraph(name) ? bytes[..^7] : null)), "corrupted", "checksum");
        AssertSays(ModelZip.Failure(ModelZip.Without(_file, "model.onnx")), "corrupted", "model.onnx", "missing");
    }

    [TestMethod]
    public void A_newer_payload_is_reported_by_its_format()
    {
        byte[] checksum = SHA256.HashData(TinyModel.Regression.OnnxBytes);
        var file = ModelZip.Edit(_file, (_, bytes) =>
        {
            int index = bytes.AsSpan().IndexOf(checksum);
            if (index < 0)
                return null;
            BitConverter.TryWriteBytes(bytes.AsSpan(index - 4), 9); // the format stands before the checksum
            return bytes;
        });

        AssertSays(ModelZip.Failure(file), "format 9", "up to 1", "Update the MlNetRnn packages");
    }

    [TestMethod]
    public void A_newer_manifest_is_reported_by_its_format()
    {
        var newer = TinyModel.Regression.With(TinyModel.Regression.Manifest with { FormatVersion = SequenceModelManifest.CurrentFormatVersion + 4 });

        var file = ModelZip.Save(new SequenceTransformer(newer), _series.Schema);

        AssertSays(ModelZip.Failure(file), $"model format {SequenceModelManifest.CurrentFormatVersion + 4}", $"up to {SequenceModelManifest.CurrentFormatVersion}", "Update the MlNetRnn packages");
    }

    [TestMethod]
    public void A_later_build_of_the_same_format_is_read()
    {
        var later = SequenceModel.FromBytes(OnnxEdit.WithManifest(TinyModel.Regression.OnnxBytes,
            json => "{\"addedLater\":{\"list\":[1,null]}," + json[1..]), "The model");

        var loaded = (SequenceTransformer)ModelZip.Load(ModelZip.Save(new SequenceTransformer(later), _series.Schema));

        Assert.AreSequenceEqual(TinyModel.Regression.Manifest.Training.History, loaded.History);
    }

    // ML.NET reads the zip before it comes to any loader of ours: what it says there is its own.
    [TestMethod]
    public void Files_that_are_no_zip_are_refused_by_mlnet()
    {
        Assert.Throws<Exception>(() => ModelZip.Load([]));
        Assert.Throws<Exception>(() => ModelZip.Load("garbage, not a model"u8.ToArray()));
        foreach (double part in new[] { 0.1, 0.5, 0.9, 0.999 })
            Assert.Throws<Exception>(() => ModelZip.Load(_file[..(int)(part * _file.Length)]), $"{part}");
    }

    [TestMethod]
    public void The_file_names_the_assembly_without_a_version()
    {
        byte[]? header = null;
        ModelZip.Edit(_file, (name, bytes) => bytes.AsSpan().IndexOf("MLRNNSEQ"u8) >= 0 ? header = bytes : null);

        string text = System.Text.Encoding.Latin1.GetString(header!).Replace("\0", "", StringComparison.Ordinal);

        Assert.Contains("MlNetRnn.Export", text);
        Assert.DoesNotContain("Version=", text);
        Assert.IsLessThanOrEqualTo(24, SequenceTransformer.LoaderSignature.Length);
    }

    private static bool IsGraph(string name) => name.EndsWith("model.onnx", StringComparison.Ordinal);

    private static byte[] Flip(byte[] bytes, int position)
    {
        bytes[position] ^= 0x20;
        return bytes;
    }

    private static void AssertSays(string message, params string[] parts)
    {
        foreach (string part in parts)
            Assert.Contains(part, message);
    }
}
