using Microsoft.ML.OnnxRuntime;

namespace MlNetRnn.Tests;

[TestClass]
public sealed class BoundTensorsTests
{
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)] // as with a device that has memory of its own
    public void What_is_written_after_they_were_made_is_scored(bool readsInPlace)
    {
        var model = TinyModel.Forecasting;
        using var predictor = new SequencePredictor(model);
        using var session = OnnxSession.Open(model.OnnxBytes, new(), "The model");
        using var options = new RunOptions();
        float[] input = GC.AllocateArray<float>(24, pinned: true), output = GC.AllocateArray<float>(6, pinned: true);
        using var tensors = new BoundTensors(
            session, readsInPlace, [new("Window", input, 2, TinyModel.Steps, TinyModel.Features)], [new("Forecast", output, 2, 3)]);

        for (int round = 1; round <= 3; round++)
        {
            for (int i = 0; i < input.Length; i++)
                input[i] = MathF.Sin(round * i);
            tensors.Run(session, options);
            Assert.AreSequenceEqual(predictor.PredictBatch(input), output);
        }
    }
}
