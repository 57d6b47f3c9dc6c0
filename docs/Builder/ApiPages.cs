using Microsoft.CodeAnalysis;

namespace MlNetRnn.ApiDocs;

/// <summary>Writes the pages of a library into a folder.</summary>
internal static class ApiPages
{
    // In every page, so that those of types that are gone can be told from files that are somebody's own.
    private const string Mark = "<!-- written by docs/Builder -->";

    /// <summary>Writes the index and a page for each type, and deletes pages of earlier runs that are not among them.</summary>
    /// <returns>The names of the files.</returns>
    public static IReadOnlyCollection<string> Write(ApiLibrary library, string folder)
    {
        var pages = Create(library);
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(folder, "*.md"))
        {
            if (!pages.ContainsKey(Path.GetFileName(file)) && IsOurs(file))
                File.Delete(file);
        }
        foreach (var (name, text) in pages)
            File.WriteAllText(Path.Combine(folder, name), $"{Mark}\n\n{text}");
        return pages.Keys;
    }

    private static Dictionary<string, string> Create(ApiLibrary library)
    {
        var markdown = new MarkdownText(library, new Links(library));
        var typePage = new TypePage(new DocComments(library), markdown);
        var pages = library.Contents.SelectMany(package => package.Types, (package, type) => (package, type))
            .ToDictionary(entry => Links.Page(entry.type), entry => typePage.Write(entry.package, entry.type));
        pages.Add(IndexPage.FileName, new IndexPage(library, typePage, markdown).Write());
        return pages;
    }

    private static bool IsOurs(string file) => File.ReadLines(file).FirstOrDefault() == Mark;
}
