namespace MlNetRnn;

/// <summary>Types of a value's elements, numbered as in the ONNX standard.</summary>
public enum OnnxElementType
{
    /// <summary>32-bit floating point.</summary>
    Float = 1,

    /// <summary>32-bit whole numbers: lengths of sequences.</summary>
    Int32 = 6,

    /// <summary>64-bit whole numbers: shapes, axes, indices.</summary>
    Int64 = 7,

    /// <summary>True or false.</summary>
    Bool = 9,
}
