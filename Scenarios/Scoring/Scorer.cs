namespace MlNetRnn.Scenarios.Scoring;

/// <summary>Scores a CSV file with a model file of either kind.</summary>
internal static class Scorer
{
    public static int Run(ScoringRequest request)
    {
        var scores = Score(request);
        if (request.Out is { } file)
        {
            AtomicFile.Write(file, stream =>
            {
                using var writer = new StreamWriter(stream);
                ScoreWriter.Write(scores, writer);
            });
        }
        else
        {
            ScoreWriter.Write(scores, Console.Out);
        }
        return 0;
    }

    private static Scores Score(ScoringRequest request)
    {
        if (!File.Exists(request.Model))
            throw new FileNotFoundException($"There is no model file '{request.Model}'; see --model.");
        var data = CsvFile.Open(request.Data);
        return Path.GetExtension(request.Model).ToUpperInvariant() switch
        {
            ".ZIP" => ZipModel.Score(request.Model, data, request.Columns),
            ".ONNX" => OnnxModel.Score(request.Model, data, request.Columns),
            _ => throw new ArgumentException($"The model file '{request.Model}' is of an unknown kind; expected a .zip or an .onnx file."),
        };
    }
}
