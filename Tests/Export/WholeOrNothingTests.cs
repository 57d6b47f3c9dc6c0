using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class WholeOrNothingTests
{
    private readonly MLContext _ml = new(1);

    [TestMethod]
    public void A_model_is_not_written_into_a_folder_that_is_missing()
    {
        using var folder = new Scenarios.TemporaryFolder();
        string path = folder["missing/model.onnx"];
        var chain = TinyModel.Chain(_ml, TinyModel.Regression);
        var schema = TinyModel.Series(_ml, 20).Schema;

        Fails.With<IOException>(() => TinyModel.Regression.Save(path), "model.onnx", "missing", "does not exist");
        Fails.With<IOException>(() => _ml.Model.SaveAsOnnx(chain, schema, path), "model.onnx", "does not exist");

        Assert.IsEmpty(folder.Names);
    }

    [TestMethod]
    public void An_export_that_fails_its_verification_leaves_the_old_file()
    {
        var chain = TinyModel.Chain(_ml, TinyModel.Regression);
        AssertKept<InvalidOperationException>(path => _ml.Model.SaveAsOnnx(chain, TinyModel.Series(_ml, 20).Schema, path,
            new OnnxExportOptions { SampleRows = TinyModel.Series(_ml, 3) })); // no window
        var copied = chain.Append(_ml.Transforms.CopyColumns("Prediction", "Score").Fit(chain.Transform(TinyModel.Series(_ml, 20))));
        AssertKept<InvalidOperationException>(path => _ml.Model.SaveAsOnnx(copied, TinyModel.Series(_ml, 20).Schema, path,
            new OnnxExportOptions { SampleRows = TinyModel.Series(_ml, 20), Converters = [new WrongCopy()] })); // other numbers
    }

    [TestMethod]
    public void A_pipeline_that_cannot_be_converted_leaves_the_old_file()
    {
        var series = TinyModel.Series(_ml, 20);
        var steps = _ml.Transforms.CopyColumns("Copy", "Value").Fit(series); // no trainer
        AssertKept<NotSupportedException>(path => _ml.Model.SaveAsOnnx(steps, series.Schema, path));
    }

    /// <summary>Copies something else.</summary>
    internal sealed class WrongCopy : OnnxStepConverter<ColumnCopyingTransformer>
    {
        protected override OnnxColumn Convert(ColumnCopyingTransformer transformer, OnnxStepContext context) =>
            context.Output(context.Graph.Node("Add", [context.Input().Value, context.Graph.Singles(0.001f)]));
    }

    private static void AssertKept<TException>(Action<string> write) where TException : Exception
    {
        using var folder = new Scenarios.TemporaryFolder();
        File.WriteAllText(folder["model.onnx"], "the old model");

        Assert.Throws<TException>(() => write(folder["model.onnx"]));

        Assert.AreEqual("the old model", File.ReadAllText(folder["model.onnx"]));
        Assert.AreSequenceEqual(["model.onnx"], folder.Names);
    }
}
