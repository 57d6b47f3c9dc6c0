using MlNetRnn.Onnx;

namespace MlNetRnn;

/// <summary>Writes a finished model in another precision: whatever its graph is, of whole sequences, of one step, or both.</summary>
internal static class PrecisionConverter
{
    /// <summary>The model in that precision; itself where that is <see cref="OnnxPrecision.Float32"/>.</summary>
    /// <param name="model">The model, in <see cref="OnnxPrecision.Float32"/>.</param>
    /// <param name="precision">The precision.</param>
    /// <exception cref="ArgumentException">The precision is none of those there are.</exception>
    /// <exception cref="InvalidOperationException">The model is in a reduced precision already.</exception>
    public static SequenceModel Convert(SequenceModel model, OnnxPrecision precision)
    {
        Check(precision);
        if (model.Manifest.Precision == precision)
            return model;
        model.RequireFloat32($"It cannot be written as {precision}");
        return model.WithGraphs(graph => Reduce(graph, precision), model.Manifest with { Precision = precision });
    }

    /// <summary>The graph with its matrices in that precision.</summary>
    /// <param name="graph">The graph; it is left as it is.</param>
    /// <param name="precision">A reduced precision.</param>
    /// <param name="smallestLstm">Hidden values from which on an LSTM layer is computed in 8 bits.</param>
    public static GraphProto Reduce(GraphProto graph, OnnxPrecision precision, int smallestLstm = QuantizedLstm.SmallestHidden)
    {
        if (precision == OnnxPrecision.Float16Weights)
            return StoredMatrices.Reduce(graph, Float16Storage.Store);
        return StoredMatrices.Reduce(QuantizedLstm.Replace(graph, smallestLstm), Int8Storage.Store);
    }

    /// <exception cref="ArgumentException">The precision is none of those there are.</exception>
    public static void Check(OnnxPrecision precision)
    {
        if (!Enum.IsDefined(precision))
        {
            throw new ArgumentException(
                $"The precision is {precision}; it is one of {string.Join(", ", Enum.GetNames<OnnxPrecision>())}.", nameof(precision));
        }
    }
}
