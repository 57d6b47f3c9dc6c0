using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>A column that scoring adds: a model's output, or what follows from it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Output">The output that it is made of, by its number.</param>
internal abstract record ScoreColumn(string Name, DataViewType Type, int Output)
{
    private const string PredictedLabel = "PredictedLabel"; // where ML.NET's evaluators look

    /// <summary>The names of its slots, the values of its keys; null for none.</summary>
    public DataViewSchema.Annotations? Annotations { get; private init; }

    /// <summary>The columns of a model, in their order.</summary>
    public static ScoreColumn[] Of(SequenceModelManifest manifest)
    {
        ScoreColumn[] outputs = [.. manifest.Outputs.Select((output, i) => new ValuesColumn(output, i, manifest.Steps))];
        if (manifest.Folded is not null)
            return outputs;
        return manifest.Task switch
        {
            SequenceModelManifest.BinaryTask => [new SignColumn(PredictedLabel), .. outputs],
            SequenceModelManifest.MulticlassTask or SequenceModelManifest.LanguageTask =>
            [
                new LargestColumn(PredictedLabel, manifest.Classes!) { Annotations = KeyValues(manifest.Classes!) },
                outputs[0] with { Annotations = SlotNames(manifest.Classes!) },
                .. outputs[1..],
            ],
            _ => [.. outputs.Select(column => column.Name == manifest.Forecast?.QuantilesColumnName ? column with { Annotations = Levels(manifest.Forecast) } : column)],
        };
    }

    /// <summary>Whether it is an output of the model's own graph; else it follows from one.</summary>
    public virtual bool IsOutput => false;

    /// <summary>Writes what follows from the model's output into a graph that has it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="scores">The output, <c>[batch, length]</c>.</param>
    /// <returns>The column, <c>[batch, 1]</c>.</returns>
    public virtual string EmitOnnx(OnnxGraphBuilder graph, string scores) =>
        throw new InvalidOperationException($"'{Name}' is an output of the model's graph.");

    /// <summary>Makes its getter.</summary>
    /// <param name="source">Gives the values of <see cref="Output"/> for the current row.</param>
    public abstract Delegate Getter(ScoreSource source);

    private static DataViewSchema.Annotations KeyValues(ClassSummary classes)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        ClassValues.AddKeyValues(builder, classes);
        return builder.ToAnnotations();
    }

    private static DataViewSchema.Annotations Levels(ForecastSummary forecast)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        float[] levels = [.. forecast.Quantiles.Select(level => (float)level)];
        builder.Add(
            WindowAnnotations.Quantiles, new VectorDataViewType(NumberDataViewType.Single, levels.Length),
            (ref VBuffer<float> value) => value = new(levels.Length, levels));
        return builder.ToAnnotations();
    }

    private static DataViewSchema.Annotations SlotNames(ClassSummary classes)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        ClassValues.AddSlotNames(builder, classes);
        return builder.ToAnnotations();
    }

    /// <summary>An output as it is.</summary>
    private sealed record ValuesColumn(SequenceModelOutput From, int Number, int Steps)
        : ScoreColumn(From.Name, TypeOf(From, Steps), Number)
    {
        public override bool IsOutput => true;

        public override Delegate Getter(ScoreSource source) => From.IsVector
            ? (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => Copy(source(), ref value))
            : (ValueGetter<float>)((ref float value) => value = source()[0]);

        private static DataViewType TypeOf(SequenceModelOutput output, int steps) =>
            output.IsVector ? new VectorDataViewType(NumberDataViewType.Single, output.DimensionsOf(steps)) : NumberDataViewType.Single;

        private static void Copy(ReadOnlySpan<float> source, ref VBuffer<float> destination)
        {
            var editor = VBufferEditor.Create(ref destination, source.Length);
            source.CopyTo(editor.Values);
            destination = editor.Commit();
        }
    }

    /// <summary>The class of the largest score, as a key: the first of several, and the missing key where there is no score.</summary>
    private sealed record LargestColumn(string Column, ClassSummary Classes)
        : ScoreColumn(Column, new KeyDataViewType(typeof(uint), Classes.Count), 0)
    {
        public override Delegate Getter(ScoreSource source) => (ValueGetter<uint>)((ref uint value) => value = KeyOf(source()));

        public override string EmitOnnx(OnnxGraphBuilder graph, string scores)
        {
            string largest = graph.Node("ArgMax", [scores], ("axis", 1), ("keepdims", 1));                               // [B, 1], the first of several
            string key = graph.Node("Add", [largest, graph.Integers(1)]);
            string first = graph.Node("Slice", [scores, graph.Integers(0), graph.Integers(1), graph.Integers(1)]);       // all are NaN, or none
            string known = graph.Node("Where", [graph.Node("IsNaN", [first]), graph.Integers(0), key]);
            return graph.Node("Cast", [known], ("to", (int)OnnxElementType.UInt32));
        }

        private static uint KeyOf(ReadOnlySpan<float> scores)
        {
            int largest = 0;
            for (int i = 0; i < scores.Length; i++)
            {
                if (float.IsNaN(scores[i]))
                    return 0;
                largest = scores[i] > scores[largest] ? i : largest;
            }
            return (uint)largest + 1;
        }
    }

    /// <summary>Whether the score is above 0; false where there is none.</summary>
    private sealed record SignColumn(string Column) : ScoreColumn(Column, BooleanDataViewType.Instance, 0)
    {
        public override Delegate Getter(ScoreSource source) => (ValueGetter<bool>)((ref bool value) => value = source()[0] > 0);

        public override string EmitOnnx(OnnxGraphBuilder graph, string scores) => graph.Node("Greater", [scores, graph.Singles(0f)]);
    }
}
