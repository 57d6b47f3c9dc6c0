using System.Text.RegularExpressions;
using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace MlNetRnn.Tests;

/// <summary>A Markdown file as GitHub reads it: its code and its links.</summary>
internal sealed partial class MarkdownPage(string path)
{
    private static readonly MarkdownPipeline GitHub = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseAutoIdentifiers(Markdig.Extensions.AutoIdentifiers.AutoIdentifierOptions.GitHub)
        .Build();

    private readonly MarkdownDocument _document = Markdown.Parse(File.ReadAllText(path).ReplaceLineEndings("\n"), GitHub);

    public string Folder => Path.GetDirectoryName(path)!;

    /// <summary>The code of its blocks in a language, in their order.</summary>
    public IEnumerable<string> Code(string language) => _document.Descendants<FencedCodeBlock>()
        .Where(block => block.Info == language).Select(block => block.Lines.ToString());

    /// <summary>The targets of its links to files and places within the repository.</summary>
    public IEnumerable<string> RelativeLinks() => _document.Descendants<LinkInline>().Select(link => link.Url!)
        .Where(url => !Uri.TryCreate(url, UriKind.Absolute, out _));

    /// <summary>Its relative links that lead nowhere: to a file or folder that is not there, or a heading that a page lacks.</summary>
    public IEnumerable<string> BrokenLinks() => RelativeLinks().Where(url =>
    {
        string[] parts = url.Split('#');
        string target = parts[0].Length == 0 ? path : Path.GetFullPath(Path.Combine(Folder, parts[0]));
        return !Path.Exists(target) || (parts.Length > 1 && !new MarkdownPage(target).Anchors().Contains(parts[1]));
    });

    private IEnumerable<string> Anchors()
    {
        var headings = _document.Descendants<HeadingBlock>().Select(heading => heading.GetAttributes().Id!);
        var html = _document.Descendants<HtmlInline>().Select(inline => inline.Tag)
            .Concat(_document.Descendants<HtmlBlock>().Select(block => block.Lines.ToString()));
        return headings.Concat(html.SelectMany(tag => Id().Matches(tag)).Select(match => match.Groups[1].Value));
    }

    [GeneratedRegex("<a id=\"([^\"]*)\"")]
    private static partial Regex Id();
}
