using System.Reflection;
using ScottPlot;
using SkiaSharp;

namespace MlNetRnn.Scenarios;

/// <summary>The embedded font of all pictures, so that text is drawn, and drawn alike, whatever fonts a machine has.</summary>
internal static class PlotFont
{
    public const string Name = "DejaVu Sans";

    public const string ResourceName = "DejaVuSans.ttf";

    private static readonly Lazy<SKTypeface> s_typeface = new(Register);

    public static SKTypeface Typeface => s_typeface.Value;

    private static SKTypeface Register()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The font {ResourceName} is not embedded in "
                + $"{Assembly.GetExecutingAssembly().GetName().Name}.");
        using var data = SKData.Create(stream);
        var typeface = SKTypeface.FromData(data);
        // First in the list: an installed font of the same name must not decide how a picture looks.
        Fonts.FontResolvers.Insert(0, new Resolver(typeface));
        Fonts.Default = Name;
        return typeface;
    }

    /// <summary>One face serves every weight and slant.</summary>
    private sealed class Resolver(SKTypeface typeface) : IFontResolver
    {
        public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
            fontName == Name ? typeface : null;

        public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Name ? typeface : null;
    }
}
