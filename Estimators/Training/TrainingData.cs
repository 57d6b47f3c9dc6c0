using Microsoft.ML;

namespace MlNetRnn;

/// <summary>What is trained on and what validates: all sequences in one store, so that one loader and one scaling serve both.</summary>
/// <param name="Sequences">The sequences; validation data that was given stands behind the training data.</param>
/// <param name="Split">Which of them train and which validate.</param>
internal sealed record TrainingData(Sequences Sequences, ValidationSplit Split)
{
    /// <summary>Reads the data of a fit.</summary>
    /// <param name="request">The views.</param>
    /// <param name="columns">Their columns.</param>
    /// <param name="options">How to split, where no validation data is given.</param>
    /// <param name="warn">Told where series cannot be told apart.</param>
    public static TrainingData Read(FitRequest request, TrainingColumns columns, TrainingOptions options, Action<string> warn)
    {
        bool split = request.Validation is null && options.ValidationFraction > 0;
        var reader = new SequenceReader(columns.FeatureColumnName, columns.Features, columns.LabelColumnName, columns.LabelSize);
        if (split && RandomSampling.IsShuffled(request.Training))
            warn("The rows were shuffled (ml.Data.ShuffleRows): the last of them validate, which are not the latest, and windows that overlap "
                + "theirs train. Leave the shuffling to training, or give Fit validation data.");
        string? group = split ? GroupColumnName(request.Training.Schema, columns.LabelColumnName, options, warn) : null;
        reader.Add(request.Training, group, options.CancellationToken);
        int training = reader.Count;
        CheckNotEmpty(training, request.Training, columns);
        if (request.Validation is { } validation)
            AddValidation(reader, validation, options.CancellationToken);
        var sequences = reader.Finish();
        return new(sequences, request.Validation is null
            ? ValidationSplit.Create(sequences, options.ValidationFraction, columns.LabelReach)
            : ValidationSplit.Given(sequences, training));
    }

    /// <summary>Checks that validation data has the columns of the training data, and the same types.</summary>
    /// <exception cref="ArgumentException">It has not.</exception>
    public static void CheckSchemas(FitRequest request, TrainingColumns columns)
    {
        if (request.Validation is not { } validation)
            return;
        foreach (string name in new[] { columns.FeatureColumnName, columns.LabelColumnName })
        {
            var expected = request.Training.Schema[name].Type;
            if (validation.Schema.GetColumnOrNull(name) is not { } column)
            {
                string missing = TrainingColumns.Missing(name, validation.Schema.Where(c => !c.IsHidden).Select(c => c.Name)).Message;
                throw new ArgumentException($"The validation data: {missing} Make it by the steps that made the training data.");
            }
            if (!column.Type.Equals(expected))
                throw new ArgumentException($"Column '{name}' is {column.Type} in the validation data and {expected} in the training data. "
                    + "Make both by the same steps.");
        }
    }

    private static string? GroupColumnName(DataViewSchema schema, string label, TrainingOptions options, Action<string> warn)
    {
        if (options.GroupColumnName is { } given)
            return given;
        string? windowed = WindowAnnotations.GetText(schema[label], WindowAnnotations.GroupColumn);
        if (windowed is null || schema.GetColumnOrNull(windowed) is not null)
            return windowed;
        warn($"The series were windowed by '{windowed}', which is no longer in the data: the latest part of all rows validates, not of "
            + "each series. Keep the column, name another by Training.GroupColumnName, or give Fit validation data.");
        return null;
    }

    private static void AddValidation(SequenceReader reader, IDataView validation, CancellationToken cancellation)
    {
        try
        {
            reader.Add(validation, groupColumnName: null, cancellation);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException($"The validation data: {e.Message}", e); // the row named is one of that view
        }
    }

    private static void CheckNotEmpty(int count, IDataView input, TrainingColumns columns)
    {
        if (count > 0)
            return;
        int? window = WindowAnnotations.GetInt(input.Schema[columns.FeatureColumnName], WindowAnnotations.WindowLength);
        throw new InvalidOperationException(window is { } length
            ? $"There is nothing to train on: the windowing step gave no window, so the window length of {length} is longer than "
                + "every group of rows. Shorten the window or give more rows."
            : $"There is nothing to train on: column '{columns.FeatureColumnName}' has no rows.");
    }
}
