using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>What a row-to-row step that adds one column from one other does to rows of one schema.</summary>
/// <param name="parent">The step.</param>
/// <param name="name">The column that is added, a vector.</param>
/// <param name="slots">The names of its values.</param>
/// <param name="source">The index of the column that it depends on, or null.</param>
/// <param name="makeGetter">Makes a getter of a row.</param>
internal sealed class AddedColumn(ITransformer parent, string name, string[] slots, int? source,
    Func<DataViewRow, ValueGetter<VBuffer<float>>> makeGetter) : IRowMapper
{
    /// <summary>The column as it is known before there is data.</summary>
    public static SchemaShape.Column Shape(string name) => new(name, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false,
        new SchemaShape([new("SlotNames", SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, false)]));

    public Func<int, bool> GetDependencies(Func<int, bool> activeOutput)
    {
        var isActive = activeOutput(0);
        return column => isActive && column == source;
    }

    public Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
    {
        disposer = null;
        return [activeOutput(0) ? makeGetter(input) : null!];
    }

    public DataViewSchema.DetachedColumn[] GetOutputColumns()
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddNames(slots.Length, () => [.. slots.Select(slot => slot.AsMemory())]);
        return [new(name, new VectorDataViewType(NumberDataViewType.Single, slots.Length), builder.ToAnnotations())];
    }

    public ITransformer GetTransformer() => parent;

    public void Save(ModelSaveContext ctx) => ((ICanSaveModel)parent).Save(ctx);
}
