namespace MlNetRnn.Scenarios;

/// <summary>Finds rows with too few fields, whose missing numbers ML.NET's loader reads as 0.</summary>
internal static class CsvFields
{
    /// <exception cref="FormatException">A row has fewer than <paramref name="expected"/> fields; the message says which.</exception>
    public static void Check(string path, int expected)
    {
        using var reader = new StreamReader(path);
        reader.ReadLine(); // the header
        for (long row = 1; ReadRow(reader) is { } fields;)
        {
            if (fields == 0)
                continue; // an empty line is no row
            if (fields < expected)
                throw new FormatException($"Row {row} of '{path}' has {fields} of the header's {expected} fields. Correct the file.");
            row++;
        }
    }

    /// <summary>The number of fields of the next row, over several lines where a quoted field goes on; null at the end.</summary>
    private static int? ReadRow(StreamReader reader)
    {
        if (reader.ReadLine() is not { } line)
            return null;
        if (line.Length == 0)
            return 0;
        int fields = 1;
        bool quoted = false, start = true;
        while (true)
        {
            foreach (char c in line)
            {
                if (c == '"' && (quoted || start))
                    quoted = !quoted; // a doubled quote ends and begins
                if (c == ',' && !quoted)
                    fields++;
                start = c == ',' || (start && c == ' ') || (c == '"' && !quoted);
            }
            if (!quoted || reader.ReadLine() is not { } next)
                return fields;
            line = next;
        }
    }
}
