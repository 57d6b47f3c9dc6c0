namespace MlNetRnn.Scenarios.Scoring;

/// <summary>Scores a CSV file with a model file of either kind.</summary>
internal static class Scorer
{
    public static int Run(ScoringRequest request)
    {
        Action<TextWriter> write = request.ComparePrecisions ? Compare(request) : Score(request);
        if (request.Out is { } file)
        {
            AtomicFile.Write(file, stream =>
            {
                using var writer = new StreamWriter(stream);
                write(writer);
            });
        }
        else
        {
            write(Console.Out);
        }
        return 0;
    }

    private static Action<TextWriter> Compare(ScoringRequest request)
    {
        var (kind, data) = Open(request);
        if (kind != ".ZIP")
            throw new ArgumentException($"--compare-precisions needs the fitted pipeline: give the .zip of the model in place of '{request.Model}'.");
        var report = ZipModel.ComparePrecisions(request.Model, data, request.Columns);
        return writer => writer.Write(report);
    }

    private static Action<TextWriter> Score(ScoringRequest request)
    {
        var (kind, data) = Open(request);
        var scores = kind switch
        {
            ".ZIP" => ZipModel.Score(request.Model, data, request.Columns),
            ".ONNX" => OnnxModel.Score(request.Model, data, request.Columns),
            _ => throw new ArgumentException($"The model file '{request.Model}' is of an unknown kind; expected a .zip or an .onnx file."),
        };
        return writer => ScoreWriter.Write(scores, writer);
    }

    private static (string Kind, CsvFile Data) Open(ScoringRequest request) => File.Exists(request.Model)
        ? (Path.GetExtension(request.Model).ToUpperInvariant(), CsvFile.Open(request.Data))
        : throw new FileNotFoundException($"There is no model file '{request.Model}'; see --model.");
}
