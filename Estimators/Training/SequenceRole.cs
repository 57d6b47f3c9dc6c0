namespace MlNetRnn;

/// <summary>What a sequence is for.</summary>
internal enum SequenceRole
{
    /// <summary>It has no label, or its label reaches into the time of validation.</summary>
    None,

    Training,

    Validation,
}
