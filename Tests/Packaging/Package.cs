using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace MlNetRnn.Tests.Packaging;

/// <summary>Reads a packed .nupkg or .snupkg.</summary>
internal sealed class Package(string path) : IDisposable
{
    // Of Portable PDB: a document's source.
    private static readonly Guid s_embeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    private readonly ZipArchive _zip = ZipFile.OpenRead(path);

    /// <summary>The names of the files, without those that every package has for its own format.</summary>
    public IEnumerable<string> Files => _zip.Entries.Select(e => e.FullName)
        .Where(n => n != "[Content_Types].xml" && !n.StartsWith("_rels/") && !n.StartsWith("package/")).Order(StringComparer.Ordinal);

    /// <summary>The element of this name in the package's description.</summary>
    public XElement? Metadata(string name) => Elements(name).SingleOrDefault();

    /// <summary>Names and version ranges.</summary>
    public Dictionary<string, string> Dependencies =>
        Elements("dependency").ToDictionary(d => d.Attribute("id")!.Value, d => d.Attribute("version")!.Value);

    /// <summary>Whether the same sources give the same assembly.</summary>
    public bool IsDeterministic(string file)
    {
        using var assembly = new PEReader(new MemoryStream(Read(file)));
        return assembly.ReadDebugDirectory().Any(d => d.Type == DebugDirectoryEntryType.Reproducible);
    }

    /// <summary>The source files that the symbols name and do not hold.</summary>
    public string[] SourcesNotIn(string symbols)
    {
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(Read(symbols)));
        var reader = provider.GetMetadataReader();
        var held = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation)
            .Where(i => reader.GetGuid(i.Kind) == s_embeddedSource).Select(i => i.Parent).ToHashSet();
        Assert.IsNotEmpty(reader.Documents);
        return [.. reader.Documents.Where(d => !held.Contains(d)).Select(d => reader.GetString(reader.GetDocument(d).Name))];
    }

    public byte[] Read(string file)
    {
        using var stream = _zip.GetEntry(file)!.Open();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    public void Dispose() => _zip.Dispose();

    private IEnumerable<XElement> Elements(string name)
    {
        using var stream = _zip.Entries.Single(e => e.Name.EndsWith(".nuspec")).Open();
        return XDocument.Load(stream).Descendants().Where(e => e.Name.LocalName == name);
    }
}
