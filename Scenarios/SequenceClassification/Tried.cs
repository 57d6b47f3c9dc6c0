namespace MlNetRnn.Scenarios.SequenceClassification;

/// <summary>What a try came to on the parts of the training data that its networks were validated on.</summary>
/// <param name="Try">What was tried.</param>
/// <param name="Model">The trained networks, as one.</param>
internal sealed record Tried(Try Try, SequenceTransformer Model)
{
    private readonly TrainingSummary[] _members =
        Model.Model.Manifest.Training is { Members.IsEmpty: false } all ? [.. all.Members] : [Model.Model.Manifest.Training];

    /// <summary>Sequences that validated.</summary>
    public int Sequences => _members.Sum(m => m.ValidationSequences);

    /// <summary>Share of them whose class was right; NaN where none validated.</summary>
    public double Accuracy => Mean(e => e.ValidationAccuracy);

    /// <summary>Their mean loss.</summary>
    public double Loss => Mean(e => e.ValidationLoss);

    /// <summary>
    /// The tries to take: all whose accuracy the number of sequences does not tell from the highest (one standard error: Breiman et al.,
    /// 1984). None of them is known to be worse, and their mean errs less than one of them (Breiman, 1996).
    /// </summary>
    public static Tried[] Best(IReadOnlyList<Tried> all)
    {
        if (all.Count == 1 || all[0].Sequences == 0)
            return [.. all];
        var highest = all.MaxBy(t => t.Accuracy)!;
        double right = ((highest.Accuracy * highest.Sequences) + 1) / (highest.Sequences + 2); // Laplace: of few sequences all right is not certainty
        double error = Math.Sqrt(right * (1 - right) / Math.Max(1, highest.Sequences));
        return [.. all.Where(t => t.Accuracy >= highest.Accuracy - error)];
    }

    public override string ToString()
    {
        string networks = $"{ClassificationData.Count(_members.Length, "network")} of {_members.Average(m => m.BestEpoch):f0} epochs";
        return Sequences == 0 ? $"{Try}: {networks}" : $"{Try}: {networks}, validation accuracy {Accuracy:f4}, loss {Loss:f4}";
    }

    private double Mean(Func<EpochMetrics, double?> metric) =>
        _members.Sum(m => (metric(m.History[m.BestEpoch - 1]) ?? double.NaN) * m.ValidationSequences) / Sequences;
}
