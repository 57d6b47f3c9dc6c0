namespace MlNetRnn;

/// <summary>The file form of a series' state: its steps, then its values.</summary>
internal static class SavedSeries
{
    private static readonly Checkpoint s_form = new(
        "MLRNNSTR", format: 1, "a saved series", "StreamingSeries.Save",
        "was saved from a series of another model, whose state means something else. Load the model that it was saved with, or start a new series.");

    public static void Write(StreamingSeries series, byte[] identity, Stream destination) => s_form.Write(destination, identity, writer =>
    {
        writer.Write(series.Steps);
        foreach (float value in series.State)
            writer.Write(value);
    });

    /// <summary>Reads a state into a series that has none yet.</summary>
    /// <exception cref="FormatException">The bytes are cut, corrupted, of a newer format, or something else.</exception>
    /// <exception cref="InvalidOperationException">They belong to another model.</exception>
    public static StreamingSeries Read(byte[] bytes, string source, byte[] identity, StreamingSeries series)
    {
        s_form.Read(bytes, source, identity, reader =>
        {
            series.Steps = reader.ReadInt64();
            for (int i = 0; i < series.State.Length; i++)
                series.State[i] = reader.ReadSingle();
        });
        return series;
    }
}
