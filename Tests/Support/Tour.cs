using System.Text.RegularExpressions;

namespace MlNetRnn.Tests;

/// <summary>
/// Holds the C# snippets of a page to the source of a test, word for word: each snippet is a region of the test between a mark such as
/// <c>// DOCS</c> and <c>// END</c>, so that it is compiled and run.
/// </summary>
internal static class Tour
{
    /// <summary>
    /// Fails unless page and source have the same snippets in the same order. Declarations of types are compared apart from statements:
    /// they cannot stand between the statements of a method.
    /// </summary>
    public static void AssertEqual(string page, string source, string mark)
    {
        string[] shown = [.. new MarkdownPage(page).Code("csharp").Select(Normalize)];
        string[] compiled = [.. Regions(File.ReadAllText(source).ReplaceLineEndings("\n"), mark).Select(Normalize)];

        Assert.IsNotEmpty(shown, $"{page} has no csharp block.");
        CollectionAssert.AreEqual(compiled.Where(IsStatement).ToArray(), shown.Where(IsStatement).ToArray(), Differ("statements"));
        CollectionAssert.AreEqual(compiled.Where(IsType).ToArray(), shown.Where(IsType).ToArray(), Differ("types"));

        string Differ(string what) =>
            $"The {what} in the csharp blocks of {page} are not those between '// {mark}' and '// END' in {source}.";
    }

    private static IEnumerable<string> Regions(string source, string mark) =>
        Regex.Matches(source, $"^ *// {mark}\n(?<code>.*?)^ *// END$", RegexOptions.Singleline | RegexOptions.Multiline)
            .Select(match => match.Groups["code"].Value);

    private static bool IsType(string code) => Regex.IsMatch(code, "^(public|internal) ");

    private static bool IsStatement(string code) => !IsType(code);

    // A page's snippets are not indented.
    private static string Normalize(string code)
    {
        string[] lines = code.Trim('\n').Split('\n');
        int indent = lines.Where(l => l.Trim().Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Join('\n', lines.Select(l => l.Length > indent ? l[indent..] : "")).Trim();
    }
}
