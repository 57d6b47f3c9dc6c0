using Microsoft.ML;

namespace MlNetRnn.Scenarios;

/// <summary>Reads models that a scenario saved, by the kind of their file.</summary>
public static class ModelFile
{
    /// <summary>The fitted pipeline of a <c>model.zip</c>, and what it takes. ML.NET's own words on a cut or foreign file do not name it.</summary>
    /// <exception cref="FormatException">The file is cut, corrupted or of another kind.</exception>
    public static ITransformer LoadZip(MLContext ml, string file, out DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(ml);
        try
        {
            return ml.Model.Load(file, out inputSchema);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or InvalidOperationException)
        {
            throw new FormatException($"The model file '{file}' cannot be read: {e.GetBaseException().Message} Save or copy the model anew.");
        }
    }

    /// <summary>The sequence model of a <c>model.zip</c> or a <c>model.onnx</c>.</summary>
    /// <exception cref="FormatException">The file is cut, corrupted or of another kind.</exception>
    /// <exception cref="ArgumentException">Files of that extension are not known, or the pipeline holds no sequence model.</exception>
    public static SequenceModel Load(MLContext ml, string file) => Path.GetExtension(file) switch
    {
        ".zip" => LoadZip(ml, file, out _).GetSequenceModel(),
        ".onnx" => SequenceModel.Load(file),
        var other => throw Unknown(file, other),
    };

    /// <summary>What is wrong with a file of another extension.</summary>
    public static ArgumentException Unknown(string file, string extension) =>
        new($"--model {file}: '{extension}' files are not known; give a model.zip or model.onnx.");
}
