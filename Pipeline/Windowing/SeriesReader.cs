using System.Runtime.CompilerServices;
using Microsoft.ML;

namespace MlNetRnn;

/// <summary>Reads from a cursor's current row what the active columns of windows are made of, into the row's series.</summary>
internal sealed class SeriesReader
{
    private readonly WindowBinding _binding;
    private readonly DataViewRowCursor _row;
    private readonly Func<string> _describeGroup;
    private readonly ColumnsReader? _inputs;
    private readonly ColumnsReader? _targets;
    private readonly ColumnsReader? _futures;
    private readonly ColumnsReader? _statics;
    private readonly bool _readsMore; // than inputs
    private readonly int _lookAhead;

    /// <param name="row">The source's cursor.</param>
    /// <param name="binding">The windowing.</param>
    /// <param name="active">Which columns of its output were asked for.</param>
    /// <param name="lookAhead">How many rows behind the newest an anchor may be handed out.</param>
    /// <param name="describeGroup">Tells errors the group of the current row, such as <c>, group 'A'</c>.</param>
    public SeriesReader(DataViewRowCursor row, WindowBinding binding, bool[] active, int lookAhead, Func<string> describeGroup)
    {
        (_row, _binding, _lookAhead, _describeGroup) = (row, binding, lookAhead, describeGroup);
        bool IsActive(int? index) => index is { } i && active[i];
        if (IsActive(binding.WindowIndex))
            _inputs = new(row, binding.Inputs, binding.Settings.MissingValues == MissingValuePolicy.Error);
        if (IsActive(binding.LabelIndex))
            _targets = new(row, binding.Targets);
        if (IsActive(binding.FutureIndex))
            _futures = new(row, binding.Futures);
        if (IsActive(binding.StaticIndex))
            _statics = new(row, binding.Statics);
        _readsMore = _targets is not null || _futures is not null || _statics is not null;
    }

    /// <summary>The windows by themselves, where that is all there is to do with one series; else null.</summary>
    public PlainWindows? PlainWindows()
    {
        var shape = _binding.Shape;
        bool isPlain = !_readsMore && shape is
        {
            Padding: WindowPadding.None, MissingValues: MissingValuePolicy.Keep or MissingValuePolicy.ForwardFill,
        };
        return isPlain && _inputs?.Singles is { } getters ? new(_row, getters, shape) : null;
    }

    /// <summary>A series without rows.</summary>
    public Series Create()
    {
        var settings = _binding.Settings;
        return new(_binding.Shape)
        {
            Window = _inputs is null ? null : new(_binding.Shape, _lookAhead),
            Targets = _targets is null ? null : new(_binding.Targets.Length, settings.Horizon),
            Futures = _futures is null ? null : new(WindowBinding.Width(_binding.Futures), settings.Horizon),
            Statics = _statics is null ? null : new(WindowBinding.Width(_binding.Statics)),
            Clock = _binding.Time is null ? null : new(),
        };
    }

    /// <summary>Takes the current row into a series; true when the row is an anchor.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // what it keeps in registers would go to memory in the caller's try block
    public bool Take(Series series)
    {
        if (_inputs is not null)
            series.Window!.Append(_inputs);
        if (_readsMore)
            TakeMore(series);
        return series.CountRow();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeMore(Series series)
    {
        if (_targets is not null)
            series.Targets!.Append(_targets);
        if (_futures is not null)
            series.Futures!.Append(_futures);
        if (_statics is not null)
            TakeStatics(series.Statics!, _statics);
    }

    private void TakeStatics(StaticValues known, ColumnsReader reader)
    {
        var values = reader.Read();
        var changed = known.Accept(values);
        if (changed >= 0)
            throw new InvalidOperationException($"SlidingWindow: row {_row.Position + 1}{_describeGroup()}: static column "
                + $"'{reader.ColumnOf(changed).Name}' is {values[changed]} after {known.Values[changed]}, expected one value in the whole "
                + "series. Correct the data, name the GroupColumn that tells series apart, or make the column an input.");
    }
}
