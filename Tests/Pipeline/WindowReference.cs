namespace MlNetRnn.Tests;

/// <summary>
/// Windows straight from their definition, by indexing into whole series: what <c>SlidingWindow</c> must give for a
/// <see cref="RandomSeries"/>. One text per row: window, label, future, static, mask and row number, as far as they are there.
/// </summary>
internal sealed class WindowReference(SlidingWindowOptions options, RandomSeries data)
{
    private readonly SlidingWindowOptions _o = options;

    /// <summary>Rows of one group without a gap.</summary>
    /// <param name="Group">The order of the group's first row.</param>
    /// <param name="Rows">Indices into the data.</param>
    /// <param name="NextRow">The group's next row, after the gap; null when there is none.</param>
    private sealed record Segment(int Group, int[] Rows, int? NextRow);

    public IEnumerable<string> Rows()
    {
        var anchors =
            from segment in Segments()
            from position in Enumerable.Range(0, segment.Rows.Length)
            where IsAnchor(position)
            let time = _o.Groups == SeriesGroups.Contiguous ? segment.Rows[position] : HandedOut(segment, position)
            orderby time, segment.Group, segment.Rows[position]
            select Text(segment, position);
        return anchors;
    }

    // The row after which an interleaved anchor comes: the last of its label's, or the one after the gap that cuts it, or the end.
    private int HandedOut(Segment segment, int position)
        => position + _o.Horizon < segment.Rows.Length ? segment.Rows[position + _o.Horizon] : segment.NextRow ?? int.MaxValue;

    private IEnumerable<Segment> Segments()
    {
        var groups = Enumerable.Range(0, data.Rows).GroupBy(row => _o.GroupColumn is null ? 0 : data.Group[row]).ToArray();
        for (var g = 0; g < groups.Length; g++)
        {
            var (rows, from) = (groups[g].ToArray(), 0);
            for (var i = 1; i <= rows.Length; i++)
            {
                if (i < rows.Length && !IsGap(rows, i))
                    continue;
                yield return new(g, rows[from..i], i < rows.Length ? rows[i] : null);
                from = i;
            }
        }
    }

    private bool IsGap(int[] rows, int i)
    {
        if (_o.TimeGaps != TimeGaps.NewSeries)
            return false;
        var steps = Enumerable.Range(1, i).Select(k => data.Time[rows[k]] - data.Time[rows[k - 1]]).ToArray();
        if (_o.LargestTimeStep is { } largest)
            return steps[^1] > largest.TotalDays;
        return i > 1 && 2 * steps[^1] > 3 * steps[..^1].Min();
    }

    private bool IsAnchor(int position)
        => (position >= _o.WindowLength - 1 || _o.Padding == WindowPadding.Start) && (position - _o.WindowLength + 1) % _o.Stride == 0;

    private string Text(Segment segment, int position)
    {
        var columns = new List<string> { Vector(Window(segment.Rows, position)) };
        string[] targets = _o.TargetColumns.IsEmpty ? [_o.InputColumns[0]] : [.. _o.TargetColumns];
        var label = Ahead(segment.Rows, position, targets);
        columns.Add(_o.Horizon == 1 && targets.Length == 1 ? $"{label[0]}" : Vector(label));
        if (_o.FutureColumns.Length > 0)
            columns.Add(Vector(Ahead(segment.Rows, position, _o.FutureColumns)));
        if (_o.StaticColumns.Length > 0)
            columns.Add(Vector(_o.StaticColumns.SelectMany(name => data.Values(name, segment.Rows[position]))));
        if (_o.Padding == WindowPadding.Start)
            columns.Add(Vector(Positions(position).Select(p => p < 0 ? 0f : 1f)));
        columns.Add($"{segment.Rows[position]}");
        return string.Join(" | ", columns);
    }

    private IEnumerable<int> Positions(int anchor) => Enumerable.Range(anchor - _o.WindowLength + 1, _o.WindowLength);

    private float[] Ahead(int[] rows, int position, IEnumerable<string> columns) =>
    [
        .. from p in Enumerable.Range(position + 1, _o.Horizon)
           from name in columns
           from i in Enumerable.Range(0, data.Values(name, 0).Length)
           select p < rows.Length ? data.Values(name, rows[p])[i] : float.NaN,
    ];

    private IEnumerable<float> Window(int[] rows, int anchor)
    {
        var values = _o.InputColumns.SelectMany(name => Enumerable.Range(0, data.Values(name, 0).Length).Select(i => (name, i))).ToArray();
        foreach (var p in Positions(anchor))
        {
            foreach (var (name, i) in values)
            {
                float[] known = [.. rows.Take(anchor + 1).Select(row => data.Values(name, row)[i])];
                yield return p < 0 ? float.NaN : Filled(known, p, _o.MissingValues);
            }
            if (_o.MissingValues == MissingValuePolicy.Mask)
                foreach (var (name, i) in values)
                    yield return p < 0 ? float.NaN : float.IsNaN(data.Values(name, rows[p])[i]) ? 0 : 1;
        }
    }

    /// <summary>The value at a position of a series as the window has it that ends at the last value given.</summary>
    public static float Filled(float[] known, int p, MissingValuePolicy policy)
    {
        var left = Array.FindLastIndex(known, p, value => !float.IsNaN(value));
        var right = Array.FindIndex(known, p, value => !float.IsNaN(value));
        return policy switch
        {
            MissingValuePolicy.Mask => left < 0 ? 0 : known[left],
            MissingValuePolicy.ForwardFill or MissingValuePolicy.LinearInterpolation when left < 0 => float.NaN,
            MissingValuePolicy.LinearInterpolation when right > left
                => (float)(known[left] + (((double)known[right] - known[left]) * ((p - left) / (double)(right - left)))),
            MissingValuePolicy.ForwardFill or MissingValuePolicy.LinearInterpolation => known[left],
            _ => known[p],
        };
    }

    private static string Vector(IEnumerable<float> values) => $"[{string.Join(",", values)}]";
}
