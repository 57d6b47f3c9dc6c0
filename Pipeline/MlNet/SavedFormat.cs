namespace MlNetRnn;

/// <summary>The number in front of what a component saves, which an older build must recognise as too new.</summary>
internal static class SavedFormat
{
    /// <summary>Reads the number.</summary>
    /// <exception cref="InvalidDataException">It is of a later version, or none.</exception>
    public static int Read(BinaryReader reader, int newest, string what)
    {
        var format = reader.ReadInt32();
        if (format > newest)
            throw new InvalidDataException($"The saved {what} have format {format}; this version of MlNetRnn "
                + $"({typeof(SavedFormat).Assembly.GetName().Version}) reads formats up to {newest}. Load them with the version of MlNetRnn "
                + "that saved them, or a later one.");
        return format >= 1 ? format : throw new InvalidDataException($"The saved {what} are damaged: format {format}. Copy the model file "
            + "again, or save the model again.");
    }

    /// <summary>What to throw where the rest cannot be read; without an inner exception: ML.NET shows the base exception.</summary>
    public static InvalidDataException Damaged(string what, int format, Exception e)
        => new($"The saved {what} (format {format}) are damaged: {e.Message} Copy the model file again, or save the model again.");
}
