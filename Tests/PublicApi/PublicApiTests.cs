using System.Reflection;
using PublicApiGenerator;

namespace MlNetRnn.Tests.PublicApi;

/// <summary>
/// The public names of each library are what others build against: a change must be meant. Where it is, copy the file that the failing
/// test names over the one beside this source.
/// </summary>
[TestClass]
public sealed class PublicApiTests
{
    private static readonly ApiGeneratorOptions Options = new() { IncludeAssemblyAttributes = false };

    [TestMethod]
    [DataRow("MlNetRnn.Pipeline")]
    [DataRow("MlNetRnn.Export")]
    [DataRow("MlNetRnn.Estimators")]
    public void It_is_the_one_that_was_agreed_on(string library)
    {
        string folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "PublicApi")).FullName;
        string file = Path.Combine(folder, $"{library}.txt");
        string agreed = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n").Trim() : "";

        string actual = Assembly.Load(library).GeneratePublicApi(Options).ReplaceLineEndings("\n").Trim();

        string received = Path.Combine(folder, $"{library}.received.txt");
        if (actual != agreed)
            File.WriteAllText(received, actual + "\n");
        Assert.AreEqual(agreed, actual, $"The public names of {library} changed; they are now as in {received}.");
    }
}
