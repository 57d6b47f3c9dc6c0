using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>What calendar features are made of, checked before there is data.</summary>
internal sealed record CalendarSettings(string OutputColumnName, string InputColumnName, CalendarFields Fields)
{
    private const int Format = 1;

    /// <exception cref="ArgumentException">Something is wrong; the text lists all of it.</exception>
    public CalendarSettings Checked()
    {
        var problems = new Problems();
        problems.AddIf(string.IsNullOrEmpty(OutputColumnName), "outputColumnName is empty: name the column that receives the features.");
        problems.AddIf(string.IsNullOrEmpty(InputColumnName), "inputColumnName is empty: name the column of times.");
        problems.AddIf(Fields == CalendarFields.None || (Fields & ~CalendarPhase.AllFields) != 0,
            $"fields is {Fields}, expected one or several of {CalendarPhase.AllFields}, joined by |.");
        problems.ThrowIfAny("CalendarFeatures");
        return this;
    }

    /// <exception cref="ArgumentException">The column of times is missing or of another type.</exception>
    public void CheckSource(SchemaShape source)
    {
        if (!source.TryFindColumn(InputColumnName, out var column))
            throw new ArgumentException($"CalendarFeatures: time column '{InputColumnName}' is not in the data, which has: "
                + $"{string.Join(", ", source.Select(c => c.Name))}.");
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar
            || column.ItemType is not (DateTimeDataViewType or DateTimeOffsetDataViewType))
            throw new ArgumentException($"CalendarFeatures: time column '{InputColumnName}' is {column.GetTypeString()}, expected a scalar "
                + "DateTime or DateTimeOffset: load it as one, or convert it with ml.Transforms.Conversion.ConvertType.");
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(Format);
        writer.Write(OutputColumnName);
        writer.Write(InputColumnName);
        writer.Write((int)Fields);
    }

    /// <exception cref="InvalidDataException">The bytes are not settings of calendar features, or of a later version.</exception>
    public static CalendarSettings Load(BinaryReader reader)
    {
        var format = SavedFormat.Read(reader, Format, "calendar features");
        try
        {
            return new CalendarSettings(reader.ReadString(), reader.ReadString(), (CalendarFields)reader.ReadInt32()).Checked();
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            throw SavedFormat.Damaged("calendar features", format, e);
        }
    }
}
