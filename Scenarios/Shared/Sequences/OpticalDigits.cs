using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn.Scenarios;

/// <summary>Handwritten digits, shipped: an image is a sequence of its 8 rows of 8 pixels, each with 0 to 16 of its dots inked.</summary>
public static class OpticalDigits
{
    /// <summary>Rows of an image.</summary>
    public const int Steps = 8;

    /// <summary>Pixels of a row.</summary>
    public const int Features = 8;

    /// <summary>Reads the 1797 images.</summary>
    public static IReadOnlyList<SequenceExample> Read(MLContext ml)
    {
        ArgumentNullException.ThrowIfNull(ml);
        var loader = ml.Data.CreateTextLoader(
            [
                new TextLoader.Column(nameof(SequenceExample.Features), DataKind.Single, 0, (Steps * Features) - 1),
                new TextLoader.Column(nameof(SequenceExample.Label), DataKind.String, Steps * Features),
            ],
            separatorChar: ',');
        var data = loader.Load(new GzipSource(Datasets.Find("optical-digits.csv.gz")));
        return [.. ml.Data.CreateEnumerable<SequenceExample>(data, reuseRowObject: false)];
    }
}
