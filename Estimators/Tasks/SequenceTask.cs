using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetRnn;

/// <summary>What a network is trained for: its label, output columns and loss. A task is one file; cells and tasks compose.</summary>
internal abstract class SequenceTask
{
    /// <summary>The task's name in the model file.</summary>
    public abstract string Name { get; }

    /// <summary>Checks the label column's type and gives how many values it has.</summary>
    public abstract int LabelSize(DataViewSchema.Column label);

    /// <summary>Checks the label column's shape as far as an estimator's schema tells.</summary>
    public abstract void CheckLabel(SchemaShape.Column label);

    /// <summary>The output columns of a model whose label has <paramref name="labelSize"/> values, for <paramref name="targets"/> targets.</summary>
    public abstract SequenceModelOutput[] Outputs(int labelSize, int targets);

    /// <summary>The output columns in an estimator's schema.</summary>
    public abstract SchemaShape.Column[] OutputShapes();

    /// <summary>Sum of the losses over labelled values: squared errors, in standardised units.</summary>
    /// <param name="prediction"><c>[batch, outputs]</c>.</param>
    /// <param name="target"><c>[batch, outputs]</c>.</param>
    /// <param name="mask">1 where a value is labelled, else 0, <c>[batch, outputs]</c>; null where all are.</param>
    public virtual torch.Tensor LossSum(torch.Tensor prediction, torch.Tensor target, torch.Tensor? mask)
    {
        var squared = (prediction - target).square();
        return (mask is null ? squared : squared * mask).sum();
    }

    /// <summary>Sum of the absolute errors over labelled values, in standardised units.</summary>
    /// <inheritdoc cref="LossSum"/>
    public virtual torch.Tensor AbsoluteErrorSum(torch.Tensor prediction, torch.Tensor target, torch.Tensor? mask)
    {
        var absolute = (prediction - target).abs();
        return (mask is null ? absolute : absolute * mask).sum();
    }

    protected static bool IsSingle(DataViewType type) => type is NumberDataViewType number && number == NumberDataViewType.Single;
}
