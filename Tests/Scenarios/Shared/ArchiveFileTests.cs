using MlNetRnn.Scenarios;

namespace MlNetRnn.Tests.Scenarios;

/// <summary>Files of the UEA archive, which are not shipped: they are looked for in the folder that <c>MLNETRNN_UEA_DIR</c> names.</summary>
[TestClass]
public sealed class ArchiveFileTests
{
    [TestMethod]
    [DataRow("JapaneseVowels_TRAIN.ts", 270, 12, 9, 7, 26)]
    [DataRow("JapaneseVowels_TEST.ts", 370, 12, 9, 7, 29)]
    [DataRow("ItalyPowerDemand_TRAIN.ts", 67, 1, 2, 24, 24)]
    [DataRow("ItalyPowerDemand_TEST.ts", 1029, 1, 2, 24, 24)]
    [DataRow("BasicMotions_TRAIN.ts", 40, 6, 4, 100, 100)]
    public void A_file_of_the_archive_is_read_whole(string name, int sequences, int features, int classes, int shortest, int longest)
    {
        string folder = Environment.GetEnvironmentVariable("MLNETRNN_UEA_DIR") ?? "";
        string path = Path.Combine(folder, name);
        if (folder.Length == 0 || !File.Exists(path))
            Assert.Inconclusive($"MLNETRNN_UEA_DIR names no folder with {name}, which is not shipped.");

        var file = TsFile.Read(path);

        Assert.HasCount(sequences, file.Examples);
        Assert.AreEqual(features, file.Features);
        Assert.AreSequenceEqual(file.Header.Classes.Order(), file.Examples.Select(e => e.Label).Distinct().Order());
        Assert.HasCount(classes, file.Header.Classes);
        Assert.AreEqual((shortest, longest), (file.Examples.Min(e => e.Features.Length / features), file.Examples.Max(e => e.Features.Length / features)));
        Assert.IsFalse(file.Examples.Any(e => e.Features.Any(float.IsNaN)));
    }
}
