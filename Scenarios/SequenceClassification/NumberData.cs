using Microsoft.ML;

namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>Sequences of numbers: the shipped digits, or files of the user.</summary>
internal static class NumberData
{
    private const string Column = nameof(SequenceExample.Features);
    private const double TestFraction = 0.2;

    public static ClassificationData Load(MLContext ml, SequenceClassificationSettings settings) =>
        settings.Test is null ? Digits(ml, settings.Common.Seed) : Files(ml, settings.Train, settings.Test);

    private static ClassificationData Digits(MLContext ml, int seed)
    {
        var digits = OpticalDigits.Read(ml);
        var (train, test) = StratifiedSplit.Split(digits, d => d.Label, TestFraction, seed);
        var data = new ClassificationData("Optical digits", Column, [.. digits.Select(d => d.Label).Distinct().Order()], View(train), View(test));
        data.PrintSummary($"{OpticalDigits.Steps} rows of {OpticalDigits.Features} pixels");
        return data;

        IDataView View(IEnumerable<SequenceExample> part) => SequenceExample.View(ml, part, OpticalDigits.Features, OpticalDigits.Steps);
    }

    private static ClassificationData Files(MLContext ml, string? trainPath, string testPath)
    {
        var train = trainPath is null ? null : TsFile.Read(trainPath);
        var test = TsFile.Read(testPath);
        if (train is not null && train.Features != test.Features)
            throw new FormatException($"'{testPath}' has {test.Features} dimensions; expected {train.Features} as in '{trainPath}'.");
        SequenceExample[] all = [.. train?.Examples ?? [], .. test.Examples];
        int filled = all.Sum(e => MissingSteps.Fill(e, test.Features));
        var data = new ClassificationData(Title(train ?? test, testPath), Column, train?.Header.Classes ?? [], train?.ToDataView(ml), test.ToDataView(ml));
        string lengths = ClassificationData.Range([.. all.Select(e => e.Features.Length / test.Features)], "step");
        data.PrintSummary($"{lengths} of {ClassificationData.Count(test.Features, "value")}");
        if (filled > 0)
            Console.WriteLine($"{ClassificationData.Count(filled, "missing value")} filled in from the neighbours in time.");
        return data;
    }

    private static string Title(TsFile file, string path) =>
        file.Header.ProblemName.Length > 0 ? file.Header.ProblemName : Path.GetFileNameWithoutExtension(path);
}
