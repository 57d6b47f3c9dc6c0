using Microsoft.ML;

namespace MlNetRnn;

/// <summary>
/// Columns that stand beside a sequence: values of the steps ahead that are known already, values that do not change. They are read side by
/// side, flat, keys as their numbers.
/// </summary>
/// <param name="row">The rows.</param>
/// <param name="columns">The columns, in their order.</param>
/// <param name="perStep">For each whether it has values for each step of the horizon.</param>
internal sealed class ContextReader(DataViewRow row, DataViewSchema.Column[] columns, bool[] perStep)
{
    private readonly SingleColumn[] _columns = [.. columns.Select(column => new SingleColumn(row, column))];

    /// <summary>The number of values.</summary>
    public int Size { get; } = columns.Sum(SingleColumn.Size);

    /// <summary>Reads the current row's values.</summary>
    /// <param name="label">Steps of the horizon that are labelled, <c>[horizon × targets]</c>; what is known ahead must be known for these.</param>
    /// <param name="horizon">Steps of the horizon.</param>
    /// <param name="destination">Where the values go.</param>
    /// <exception cref="InvalidOperationException">A value that is needed is missing or infinite.</exception>
    public void Read(ReadOnlySpan<float> label, int horizon, Span<float> destination)
    {
        int at = 0;
        for (int c = 0; c < _columns.Length; c++)
        {
            var values = _columns[c].Read();
            values.CopyTo(destination[at..]);
            for (int i = 0; i < values.Length; i++)
                Check(c, values[i], perStep[c] ? i * horizon / values.Length : null, label, horizon);
            at += values.Length;
        }
    }

    private void Check(int c, float value, int? step, ReadOnlySpan<float> label, int horizon)
    {
        bool isNeeded = step is not { } ahead || !float.IsNaN(label[ahead * label.Length / horizon]);
        if (float.IsFinite(value) || (float.IsNaN(value) && !isNeeded))
            return;
        string where = step is { } s ? $", step {s + 1} of {horizon}" : "";
        string remedy = step is null ? "" : " What is known ahead must be known for every step that is labelled.";
        throw new InvalidOperationException($"Column '{columns[c].Name}', row {row.Position + 1}{where}: {value}, expected a finite number.{remedy} "
            + "Use ml.Transforms.ReplaceMissingValues on the source column, or filter such rows.");
    }
}
