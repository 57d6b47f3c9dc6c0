using System.Reflection;
using System.Text;
using Mono.Cecil;

namespace MlNetRnn.Tests.Packaging;

/// <summary>Makes this system look older, or ML.NET of another version.</summary>
internal static class OlderSystem
{
    private const int FirstUsed = 26, LastKnown = 60; // GLIBCXX_3.4.n

    /// <summary>Writes a copy of this system's C++ runtime that has no symbol version above GLIBCXX_3.4.<paramref name="newest"/>.</summary>
    /// <returns>The environment in which a process takes it.</returns>
    public static Dictionary<string, string> CppRuntime(string folder, int newest)
    {
        Assert.IsGreaterThanOrEqualTo(FirstUsed, newest, "libtorch itself would not load");
        byte[] image = File.ReadAllBytes(LoadedCppRuntime());
        for (int n = newest + 1; n <= LastKnown; n++)
            Rename(image, $"GLIBCXX_3.4.{n}\0", $"GLIBCXX_3.4.{(char)('a' + n % 26)}x\0");
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "libstdc++.so.6"), image);
        return new()
        {
            ["LD_LIBRARY_PATH"] = folder,
            ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1", // the system's ICU may need its own C++ runtime
        };
    }

    /// <summary>Makes an assembly one of another version that has no member of this name.</summary>
    public static void RenameMember(string file, string type, string member, string version)
    {
        using var assembly = AssemblyDefinition.ReadAssembly(new MemoryStream(File.ReadAllBytes(file)));
        var methods = assembly.MainModule.GetType(type).Methods.Where(m => m.Name == member).ToList();
        Assert.IsNotEmpty(methods);
        methods.ForEach(m => m.Name += "OfAnotherVersion");
        var named = assembly.CustomAttributes.Single(a => a.AttributeType.Name == nameof(AssemblyInformationalVersionAttribute));
        named.ConstructorArguments[0] = new(assembly.MainModule.TypeSystem.String, version + "+abc");
        assembly.Write(file);
    }

    // This process, which has libtorch in it, has it too.
    private static string LoadedCppRuntime() =>
        File.ReadLines("/proc/self/maps").Select(l => l[(l.LastIndexOf(' ') + 1)..]).First(f => f.Contains("libstdc++.so.6"));

    private static void Rename(byte[] image, string name, string other)
    {
        byte[] from = Encoding.ASCII.GetBytes(name), to = Encoding.ASCII.GetBytes(other);
        Assert.HasCount(from.Length, to);
        for (int at = image.AsSpan().IndexOf(from); at >= 0; at = image.AsSpan().IndexOf(from))
            to.CopyTo(image, at);
    }
}
