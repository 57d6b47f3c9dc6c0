using ScottPlot;
using SkiaSharp;

namespace MlNetRnn.Scenarios;

/// <summary>A title above one or several panels, written as PNG.</summary>
internal static class Picture
{
    public const int TitleHeight = 44;

    private const float TitleSize = 20;

    public const float Margin = 12;

    public static void Save(string path, string title, int width, int height, params Plot[] panels) =>
        SaveGrid(path, title, width, height, panels.Length, panels);

    /// <summary>Panels row by row, so many in each.</summary>
    public static void SaveGrid(string path, string title, int width, int height, int columns, IReadOnlyList<Plot> panels)
    {
        using var surface = SKSurface.Create(new SKImageInfo(width, height));
        surface.Canvas.Clear(SKColors.White);
        DrawTitle(surface.Canvas, title, width);
        var rows = (panels.Count + columns - 1) / columns;
        var (panelWidth, panelHeight) = ((float)width / columns, (float)(height - TitleHeight) / rows);
        for (var i = 0; i < panels.Count; i++)
        {
            var (left, top) = (i % columns * panelWidth, TitleHeight + (i / columns * panelHeight));
            DrawPanel(surface.Canvas, panels[i], new PixelRect(left + Margin, left + panelWidth - Margin, top + panelHeight, top));
        }

        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, 100);
        AtomicFile.Write(path, png.SaveTo);
    }

    private static void DrawPanel(SKCanvas canvas, Plot panel, PixelRect area)
    {
        canvas.Save();
        // A plot clears the whole canvas first; the clip keeps it from clearing the title and its neighbour.
        canvas.ClipRect(new SKRect(area.Left, area.Top, area.Right, area.Bottom));
        panel.Render(canvas, area);
        canvas.Restore();
    }

    private static void DrawTitle(SKCanvas canvas, string title, int width)
    {
        // Linear metrics, so that half the size takes half the room.
        using var font = new SKFont(PlotFont.Typeface, TitleSize) { Edging = SKFontEdging.Antialias, Subpixel = true, LinearMetrics = true };
        using var paint = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        // A long title becomes smaller rather than clipped.
        var room = width - (2 * Margin);
        var wanted = font.MeasureText(title);
        if (wanted > room)
            font.Size *= room / wanted;
        canvas.DrawText(title, width / 2f, TitleHeight - 14, SKTextAlign.Center, font, paint);
    }
}
