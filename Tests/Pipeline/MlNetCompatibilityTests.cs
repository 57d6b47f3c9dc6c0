using Microsoft.ML;

namespace MlNetRnn.Tests;

[TestClass]
public class MlNetCompatibilityTests
{
    [TestMethod]
    public void The_referenced_ML_NET_has_all_members() => Assert.IsEmpty(MlNetCompatibility.FindMissing(MlNetCompatibility.Required));

    [TestMethod]
    public void Missing_members_are_named_with_both_versions()
    {
        var core = typeof(SchemaShape).Assembly;
        var missing = MlNetCompatibility.FindMissing(
        [
            (core, "Microsoft.ML.ModelSaveContext", "Writer"),
            (core, "Microsoft.ML.ModelSaveContext", "Pencil"),
            (core, "Microsoft.ML.NoSuchType", ".ctor"),
        ]);
        Assert.AreSequenceEqual(["Microsoft.ML.ModelSaveContext.Pencil", "Microsoft.ML.NoSuchType"], missing);
        var text = MlNetCompatibility.Describe(missing);
        Assert.IsNotNull(text);
        Assert.Contains("built against Microsoft.ML 5.0.1", text);
        Assert.Contains("Microsoft.ML 5.0.1 is loaded", text);
        Assert.Contains("Microsoft.ML.ModelSaveContext.Pencil, Microsoft.ML.NoSuchType", text);
        Assert.IsNull(MlNetCompatibility.Describe([]));
    }
}
