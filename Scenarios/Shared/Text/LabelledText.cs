namespace MlNetRnn.Scenarios;

/// <summary>A text and its class.</summary>
public sealed class LabelledText
{
    /// <summary>The class.</summary>
    public string Label { get; set; } = "";

    /// <summary>The text.</summary>
    public string Text { get; set; } = "";
}
