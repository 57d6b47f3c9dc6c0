namespace MlNetRnn;

/// <summary>How the weights of an exported model are stored and multiplied.</summary>
public enum OnnxPrecision
{
    /// <summary>32-bit floating point, as trained. Any ONNX runtime scores it.</summary>
    Float32,

    /// <summary>
    /// Matrices are stored in 16-bit floating point and turned into 32 bits by the graph, which ONNX Runtime does once, when it loads the
    /// file: about half the size at the same speed. Any ONNX runtime scores it.
    /// </summary>
    Float16Weights,

    /// <summary>
    /// Matrices are stored in 8 bits, with a scale for each row: about a quarter of the size. LSTM layers of 128 and more hidden values are
    /// also multiplied in 8 bits, by ONNX Runtime's operator <c>DynamicQuantizeLSTM</c>, which is faster for single calls, not for batches;
    /// such a file is for ONNX Runtime alone. All others are turned into 32 bits when the file is loaded, and run at the same speed.
    /// </summary>
    Int8,
}
