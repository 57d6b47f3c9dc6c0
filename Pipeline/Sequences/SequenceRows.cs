using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>One pass over a view of sequences. What is read of a row is checked; errors name the row.</summary>
internal sealed class SequenceRows : IDisposable
{
    private readonly DataViewRowCursor _cursor;
    private readonly SequenceColumns _columns;
    private readonly int _features;
    private readonly int _labelSize;
    private readonly bool _padded;
    private readonly CancellationToken _cancellation;
    private readonly SingleColumn? _readSequence;
    private readonly SingleColumn? _readLabel;
    private readonly SingleColumn? _readWeight;
    private readonly float[] _label; // and the weight behind it
    private readonly Func<int> _lane;
    private readonly Func<int> _group;

    /// <param name="data">The data; may have no rows.</param>
    /// <param name="columns">Its columns. Only what is read of a row is computed, but for what a cursor computes for all.</param>
    /// <param name="features">The number of values per step.</param>
    /// <param name="labelSize">The number of values per label, and one for the weight where it is read.</param>
    /// <param name="groups">Numbers the groups, new ones too; may be that of a pass before. Null: a new one.</param>
    /// <param name="cancellation">Looked at for every row.</param>
    public SequenceRows(
        IDataView data, SequenceColumns columns, int features, int labelSize, GroupNumbers? groups, CancellationToken cancellation)
    {
        (_columns, _features, _labelSize, _cancellation) = (columns, features, labelSize, cancellation);
        _padded = WindowAnnotations.IsPadded(columns.Feature);
        _cursor = data.GetRowCursor(columns.All);
        _readSequence = columns.ReadsSequences ? new SingleColumn(_cursor, columns.Feature) : null;
        _readLabel = columns.Label is { } label ? new SingleColumn(_cursor, label) : null;
        _readWeight = columns.Weight is { } weight ? new SingleColumn(_cursor, weight) : null;
        _label = new float[labelSize];
        _lane = GroupNumbers.Create(columns.Lane).Adding(_cursor);
        _group = (groups ?? GroupNumbers.Create(columns.Group)).Adding(_cursor);
    }

    /// <summary>Rows that were passed over: texts without a token, of which nothing can be learnt.</summary>
    public long Empty { get; private set; }

    /// <summary>Moves to the next row; false after the last.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public bool MoveNext()
    {
        while (true)
        {
            _cancellation.ThrowIfCancellationRequested();
            if (!_cursor.MoveNext())
                return false;
            if (!_columns.AreTokens || _readSequence is null || !Tokens().IsEmpty)
                return true;
            Empty++;
        }
    }

    /// <summary>The number of the current row's lane, in which windows may share rows: the one before, or the next one.</summary>
    public int Lane() => _lane();

    /// <summary>The number of the current row's group, in the order they are first seen.</summary>
    public int Group() => _group();

    /// <summary>The current row's sequence without padding, [steps, features]; valid until the next row.</summary>
    /// <exception cref="InvalidOperationException">It is not whole steps of the column's size.</exception>
    public ReadOnlySpan<float> Sequence()
    {
        if (_columns.AreTokens)
            return Tokens(); // read when the row was moved to, and again: cheap, and kept nowhere
        var sequence = ReadVector();
        if (sequence.Length == 0 || sequence.Length % _features != 0)
            throw new InvalidOperationException($"{Place}: the vector has {sequence.Length} values, expected "
                + $"at least one step of {_features} values, and whole steps. Correct or filter that row.");
        return _padded ? WithoutPadding(sequence) : sequence;
    }

    /// <summary>Checks that values of the current row's sequence are numbers.</summary>
    /// <param name="sequence">What <see cref="Sequence"/> gave.</param>
    /// <param name="checkedSteps">Its first steps, which need no check.</param>
    /// <exception cref="InvalidOperationException">One is NaN or infinite.</exception>
    public void CheckFinite(ReadOnlySpan<float> sequence, int checkedSteps = 0)
    {
        var first = FirstNotFinite(sequence, checkedSteps * _features);
        if (first < sequence.Length)
            throw NotFinite(sequence[first], _readSequence!.Length - sequence.Length + first);
    }

    /// <summary>
    /// The current row's label, valid until the next row; NaN where unknown. Of a key the class, counted from 0. Where weights are read,
    /// the row's weight stands behind it; a row without a label, or that weighs 0, is NaN throughout.
    /// </summary>
    /// <exception cref="InvalidOperationException">It has another size or is infinite.</exception>
    public ReadOnlySpan<float> Label()
    {
        var label = _readLabel!.Read();
        int size = _labelSize - (_readWeight is null ? 0 : 1);
        if (label.Length != size)
            throw new InvalidOperationException($"{LabelPlace}: the label has {label.Length} values, expected "
                + $"{size}. Give every row a label of that size.");
        foreach (var value in label)
            if (float.IsInfinity(value))
                throw new InvalidOperationException($"{LabelPlace}: the label is {value}, expected a number, or NaN "
                    + "where it is not known. Correct the data, for example with ml.Transforms.ReplaceMissingValues, or filter such rows.");
        if (!_columns.AreLabelsKeys && _readWeight is null)
            return label;
        label.CopyTo(_label);
        if (_columns.AreLabelsKeys)
            _label[0] = _label[0] == 0 ? float.NaN : _label[0] - 1; // the class, counted from 0
        if (_readWeight is not null)
        {
            _label[^1] = Weight(isLabelled: !float.IsNaN(_label[0]));
            if (_label[^1] == 0) // as if the row were not there: it would have a part in the batches, and in what counts examples
                Array.Fill(_label, float.NaN);
        }
        return _label;
    }

    public void Dispose() => _cursor.Dispose();

    private string Place => $"Column '{_columns.Feature.Name}', row {_cursor.Position + 1}";

    private string LabelPlace => $"Column '{_columns.Label!.Value.Name}', row {_cursor.Position + 1}";

    private float Weight(bool isLabelled)
    {
        float weight = _readWeight!.Read()[0];
        if (!isLabelled)
            return float.NaN;
        return weight >= 0 && float.IsFinite(weight)
            ? weight
            : throw new InvalidOperationException($"Column '{_columns.Weight!.Value.Name}', row {_cursor.Position + 1}: the weight is {weight}, "
                + "expected a number of at least 0. Correct or filter that row.");
    }

    // Missing keys at either end are padding, those between stand for unknown tokens.
    private ReadOnlySpan<float> Tokens() => ReadVector().Trim(0f);

    private ReadOnlySpan<float> ReadVector()
    {
        var sequence = _readSequence!.Read();
        var expected = SingleColumn.Size(_columns.Feature);
        return expected == 0 || sequence.Length == expected
            ? sequence
            : throw new InvalidOperationException($"{Place}: the vector has {sequence.Length} values, expected "
                + $"{expected} by the column's type {_columns.Feature.Type}. Give every row a vector of that size.");
    }

    private ReadOnlySpan<float> WithoutPadding(ReadOnlySpan<float> sequence)
    {
        var rest = sequence;
        while (!rest.IsEmpty && IsMissing(rest[.._features]))
            rest = rest[_features..];
        return !rest.IsEmpty
            ? rest
            : throw new InvalidOperationException($"{Place}: all {sequence.Length / _features} steps are NaN in "
                + "every value, expected values in the last one: padding comes before the first row of a series. Use "
                + "ml.Transforms.ReplaceMissingValues on the source columns, or filter such rows.");
    }

    private static bool IsMissing(ReadOnlySpan<float> step)
    {
        foreach (var value in step)
            if (!float.IsNaN(value))
                return false;
        return true;
    }

    // A finite number minus itself is zero, all others give NaN.
    private static int FirstNotFinite(ReadOnlySpan<float> values, int start)
    {
        var first = start;
        foreach (var vector in MemoryMarshal.Cast<float, Vector<float>>(values[start..]))
        {
            if (!Vector.EqualsAll(vector - vector, Vector<float>.Zero))
                break;
            first += Vector<float>.Count;
        }
        while (first < values.Length && float.IsFinite(values[first]))
            first++;
        return first;
    }

    private InvalidOperationException NotFinite(float value, int slot)
        => new($"{Place}, step {(slot / _features) + 1} of {_readSequence!.Length / _features}, value "
            + $"{(slot % _features) + 1} of {_features}{SlotName(slot)}: {value}, expected a finite number. Use "
            + "ml.Transforms.ReplaceMissingValues on the source columns, SlidingWindowOptions.MissingValues, or filter such rows.");

    private string SlotName(int slot)
    {
        if (!_columns.Feature.HasSlotNames())
            return "";
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        _columns.Feature.GetSlotNames(ref names);
        return slot < names.Length ? $" ({names.GetItemOrDefault(slot)})" : "";
    }
}
