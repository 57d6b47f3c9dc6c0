using Microsoft.ML;

namespace MlNetRnn;

/// <summary>The location and scale of each series by its name, learnt in one pass.</summary>
internal sealed class SeriesScales
{
    private const int Format = 1;
    private const string What = "series scales";

    private readonly Dictionary<string, LocationScale> _byName;

    private SeriesScales(SeriesScaleSettings settings, Dictionary<string, LocationScale> byName, LocationScale pooled)
        => (Settings, _byName, Pooled) = (settings, byName, pooled);

    public SeriesScaleSettings Settings { get; }

    /// <summary>That of all values together.</summary>
    public LocationScale Pooled { get; }

    /// <summary>Reads all rows.</summary>
    /// <exception cref="InvalidOperationException">There is no row, or a value is infinite.</exception>
    public static SeriesScales Learn(SeriesScaleSettings settings, IDataView data)
    {
        settings.CheckSource(SchemaShape.Create(data.Schema), isFitting: true);
        var value = data.Schema[settings.InputColumnName];
        var group = settings.GroupColumnName is { } name ? data.Schema[name] : (DataViewSchema.Column?)null;
        using var cursor = OneCursor.Open(data, [.. new[] { value, group }.OfType<DataViewSchema.Column>().DistinctBy(column => column.Index)]);
        var (series, nameOf, values) = (GroupNumbers.Create(group).Adding(cursor), NameOf(cursor, group), new ColumnsReader(cursor, [value]));
        var (names, sums) = (new List<string>(), new List<ScaleSums>());
        while (cursor.MoveNext())
        {
            var number = series();
            if (number == sums.Count)
            {
                names.Add(nameOf());
                sums.Add(new(settings.Scaling));
            }
            var current = values.Read()[0];
            if (float.IsInfinity(current))
                throw new InvalidOperationException($"SeriesScale: row {cursor.Position + 1}, series '{names[number]}': '{value.Name}' is {current}, "
                    + "expected a number, or NaN where it is missing. Correct or filter that row.");
            sums[number].Add(current);
        }
        if (sums.Count == 0)
            throw new InvalidOperationException("SeriesScale: the data has no rows. Check the file or filter it comes from.");
        return Create(settings, names, sums);
    }

    /// <summary>A function that gives the location and scale of the current row's series, without allocation per row.</summary>
    public Func<LocationScale> Finder(DataViewRow row, DataViewSchema.Column? group)
    {
        if (group is null)
            return () => Pooled;
        var (series, nameOf, known) = (GroupNumbers.Create(group).Adding(row), NameOf(row, group), new List<LocationScale>());
        return () =>
        {
            var number = series();
            if (number == known.Count)
                known.Add(Find(nameOf()));
            return known[number];
        };
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(Format);
        writer.Write(Settings.OutputColumnName);
        writer.Write(Settings.InputColumnName);
        writer.Write(Settings.GroupColumnName ?? "");
        writer.Write((int)Settings.Scaling);
        writer.Write((int)Settings.UnseenSeries);
        Save(writer, Pooled);
        writer.Write(_byName.Count);
        foreach (var (name, scale) in _byName)
        {
            writer.Write(name);
            Save(writer, scale);
        }
    }

    /// <exception cref="InvalidDataException">The bytes are not scales, or of a later version.</exception>
    public static SeriesScales Load(BinaryReader reader)
    {
        var format = SavedFormat.Read(reader, Format, What);
        try
        {
            var settings = new SeriesScaleSettings(reader.ReadString(), reader.ReadString(), reader.ReadString() is { Length: > 0 } group ? group : null,
                (SeriesScaling)reader.ReadInt32(), (UnseenSeriesPolicy)reader.ReadInt32()).Checked();
            var (pooled, count) = (LoadOne(reader), reader.ReadInt32());
            var byName = new Dictionary<string, LocationScale>();
            for (var i = 0; i < count; i++)
                byName.Add(reader.ReadString(), LoadOne(reader));
            return new(settings, byName, pooled);
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            throw SavedFormat.Damaged(What, format, e);
        }
    }

    private static SeriesScales Create(SeriesScaleSettings settings, List<string> names, List<ScaleSums> sums)
    {
        var byName = new Dictionary<string, LocationScale>();
        foreach (var (i, name) in names.Index())
            if (!byName.TryAdd(name, sums[i].Result()))
                throw new InvalidOperationException($"SeriesScale: two values of '{settings.GroupColumnName}' have the name '{name}': give series "
                    + "different names.");
        return new(settings, byName, ScaleSums.Pooled(settings.Scaling, sums));
    }

    private LocationScale Find(string name)
    {
        if (_byName.TryGetValue(name, out var scale))
            return scale;
        return Settings.UnseenSeries == UnseenSeriesPolicy.Pooled
            ? Pooled
            : throw new InvalidOperationException($"SeriesScale: series '{name}' was not among the {_byName.Count} that it was fitted on. Fit on rows "
                + "of all series, or give unseenSeries: UnseenSeriesPolicy.Pooled.");
    }

    private static Func<string> NameOf(DataViewRow row, DataViewSchema.Column? group)
        => group is { } column ? SeriesName.Of(row, column) : static () => "";

    private static void Save(BinaryWriter writer, LocationScale scale)
    {
        writer.Write(scale.Location);
        writer.Write(scale.Scale);
    }

    private static LocationScale LoadOne(BinaryReader reader)
    {
        var scale = new LocationScale(reader.ReadSingle(), reader.ReadSingle());
        return float.IsFinite(scale.Location) && scale.Scale > 0 && float.IsFinite(scale.Scale)
            ? scale
            : throw new FormatException($"A location and scale are {scale.Location} and {scale.Scale}.");
    }
}
