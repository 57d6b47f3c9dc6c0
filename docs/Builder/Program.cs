using System.CommandLine;

namespace MlNetRnn.ApiDocs;

/// <summary>Writes the API documentation.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        var folder = new Argument<DirectoryInfo>("folder")
        {
            Description = "Where the pages go; pages of an earlier run that are no longer written are deleted.",
            DefaultValueFactory = _ => new DirectoryInfo("docs/api"),
        };
        var command = new RootCommand("Writes a Markdown page for each public type of MlNetRnn, from its XML documentation.") { folder };
        command.SetAction(result =>
        {
            var written = ApiPages.Write(ApiLibrary.Load(), result.GetRequiredValue(folder).FullName);
            Console.WriteLine($"{written.Count} pages in {result.GetRequiredValue(folder).FullName}; start at {IndexPage.FileName}.");
        });
        return command.Parse(args).Invoke();
    }
}
