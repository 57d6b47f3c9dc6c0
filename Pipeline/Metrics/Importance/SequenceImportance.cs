using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetRnn;

/// <summary>What a permutation importance is asked for.</summary>
/// <param name="Model">A model that turns each row into one.</param>
/// <param name="Data">The rows that it takes.</param>
/// <param name="FeatureColumnName">The column of sequences in <paramref name="Data"/>.</param>
/// <param name="Features">Values per step of a flat vector; null: by the column's type.</param>
/// <param name="PermutationCount">How often each feature is permuted.</param>
/// <param name="Seed">Of the permutations; null: drawn from the context.</param>
internal sealed record SequenceImportance(
    ITransformer Model, IDataView Data, string FeatureColumnName, int? Features, int PermutationCount, int? Seed)
{
    /// <summary>Measures the model on the data as it is and with each feature permuted.</summary>
    /// <param name="env">Where a seed comes from when none is given.</param>
    /// <param name="outputs">The columns of the model's output that <paramref name="measure"/> reads, by its schema.</param>
    /// <param name="measure">Gives the metrics of scored data.</param>
    /// <returns>Per feature its name and the changes of the metrics.</returns>
    public IEnumerable<(string Feature, MetricChange[] Changes)> Measure(
        IHostEnvironment env, Func<DataViewSchema, IEnumerable<DataViewSchema.Column>> outputs, Func<IDataView, double[]> measure)
    {
        Check();
        var column = StepColumn.Find(Data.Schema, FeatureColumnName, Features);
        var rows = new HeldSequences(Data, column, Inputs(column, outputs));
        var donors = new Donors(rows.Steps());
        var baseline = Measured(0, null);
        var random = new Random(Seed ?? env.Register(nameof(SequenceImportance)).Rand.Next());
        var permuted = new double[PermutationCount][][]; // [permutation, feature, metric]
        for (var i = 0; i < permuted.Length; i++)
        {
            var drawn = donors.Draw(random);
            permuted[i] = [.. Enumerable.Range(0, column.Features).Select(feature => Measured(feature, drawn))];
        }
        return column.Names().Select((name, feature) =>
            (name, baseline.Select((value, metric) => MetricChange.Of(value, permuted.Select(p => p[feature][metric]))).ToArray()));

        double[] Measured(int feature, int[]? drawn) => measure(Model.Transform(new PermutedView(rows, feature, drawn)));
    }

    private void Check()
    {
        var problems = new Problems();
        problems.AddIf(PermutationCount < 1, $"permutationCount is {PermutationCount}, expected at least 1.");
        problems.AddIf(Features < 1, $"features is {Features}, expected at least 1 value per step.");
        problems.AddIf(!Model.IsRowToRowMapper, "the model changes which rows there are, as windowing does, expected one row for each row. Give "
            + "the part of it behind the windowing step (model.WithoutWindowing()), and data that the steps before have transformed.");
        problems.ThrowIfAny("SequencePermutationImportance");
    }

    // The columns of the data from which the model makes what is measured.
    private DataViewSchema.Column[] Inputs(StepColumn sequences, Func<DataViewSchema, IEnumerable<DataViewSchema.Column>> outputs)
    {
        var mapper = Model.GetRowToRowMapper(Data.Schema);
        var measured = outputs(mapper.OutputSchema).ToArray();
        var inputs = mapper.GetDependencies(measured).Select(column => Data.Schema[column.Index]).ToArray();
        return inputs.Any(column => column.Index == sequences.Column.Index)
            ? inputs
            : throw new ArgumentException($"The model does not read column '{FeatureColumnName}' of the data for "
                + $"{string.Join(", ", measured.Select(c => $"'{c.Name}'"))}; it reads {string.Join(", ", inputs.Select(c => $"'{c.Name}'"))}. "
                + "Where the model makes that column itself, give the part of it behind that step, and data that the steps before have "
                + "transformed.");
    }
}
