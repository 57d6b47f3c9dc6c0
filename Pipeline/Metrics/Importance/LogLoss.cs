using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>
/// The mean of -ln of the probability that the true class was given, at least 1e-15, over the rows that have a label. A class that has no
/// probability counts as 1e-15.
/// </summary>
internal sealed class LogLoss
{
    private const double Least = 1e-15; // as ML.NET's evaluators have it

    private readonly ClassColumn _label;
    private readonly Dictionary<string, int>? _slots; // of the vector, by class; null: in the order of the label's keys
    private readonly List<int> _slotOf = []; // per class of the label
    private double _sum;
    private long _count;

    private LogLoss(ClassColumn label, DataViewSchema.Column probabilities)
        => (_label, Probabilities, _slots) = (label, probabilities, Slots(label, probabilities));

    /// <summary>A Single, the probability of true, or a vector of Single, that of each class.</summary>
    public DataViewSchema.Column Probabilities { get; }

    public double Mean => _sum / _count;

    /// <summary>The loss of a column's probabilities, or null where there is no such column.</summary>
    /// <exception cref="ArgumentException">The vector's slots are not the label's classes.</exception>
    public static LogLoss? Find(DataViewSchema schema, ClassColumn label, bool binary)
        => schema.GetColumnOrNull(binary ? "Probability" : "Score") is { } column && IsProbability(column.Type, binary)
            ? new LogLoss(label, column)
            : null;

    /// <summary>An action that adds the loss of the current row.</summary>
    /// <exception cref="InvalidOperationException">A probability is not finite.</exception>
    public Action Adding(DataViewRow row)
    {
        var (readLabel, probabilities) = (_label.Reading(row), new SingleColumn(row, Probabilities));
        return () =>
        {
            if (readLabel() is >= 0 and var label)
                Add(label, probabilities.Read(), row.Position + 1);
        };
    }

    private static bool IsProbability(DataViewType type, bool binary) => binary
        ? type == NumberDataViewType.Single
        : type is VectorDataViewType vector && vector.ItemType == NumberDataViewType.Single;

    private void Add(int label, ReadOnlySpan<float> probabilities, long row)
    {
        foreach (var value in probabilities)
            if (!float.IsFinite(value))
                throw new InvalidOperationException($"Row {row}: a value of '{Probabilities.Name}' is {value}, expected a number, for a row that "
                    + "has a label. Check the features of that row, or the model.");
        var probability = Probabilities.Type is not VectorDataViewType
            ? (_label.Names[label] == ClassName.Of(true) ? probabilities[0] : 1 - (double)probabilities[0])
            : Slot(label) is >= 0 and var slot && slot < probabilities.Length ? probabilities[slot] : 0;
        _sum -= Math.Log(Math.Clamp(probability, Least, 1));
        _count++;
    }

    private int Slot(int label)
    {
        if (_slots is null)
            return label;
        while (_slotOf.Count <= label)
            _slotOf.Add(_slots.GetValueOrDefault(_label.Names[_slotOf.Count], -1));
        return _slotOf[label];
    }

    private static Dictionary<string, int>? Slots(ClassColumn label, DataViewSchema.Column probabilities)
    {
        if (probabilities.Type is not VectorDataViewType)
            return null;
        if (!probabilities.HasSlotNames())
            return label.IsClosed
                ? null
                : throw new ArgumentException($"Column '{probabilities.Name}' has no SlotNames that tell which class each value is of, and label "
                    + $"{label} no order of classes. Make the label a key with ml.Transforms.Conversion.MapValueToKey.");
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        probabilities.GetSlotNames(ref names);
        var slots = names.DenseValues().Index().DistinctBy(name => $"{name.Item}").ToDictionary(name => $"{name.Item}", name => name.Index);
        return !label.IsClosed || label.Names.Any(slots.ContainsKey)
            ? slots
            : throw new ArgumentException($"The SlotNames of column '{probabilities.Name}' ({string.Join(", ", slots.Keys.Take(5))}) name no class "
                + $"of label {label} ({string.Join(", ", label.Names.Take(5))}). Give the label the key values that the model was trained with.");
    }
}
