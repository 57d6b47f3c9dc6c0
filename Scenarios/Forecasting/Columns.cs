namespace MlNetRnn.Scenarios.Forecasting;

/// <summary>Names of columns.</summary>
internal static class Columns
{
    public const string Series = "Series";
    public const string Value = "Value";
    public const string Window = "Window";
    public const string History = "History"; // all values up to the origin
    public const string Label = "Label";
    public const string Forecast = "Forecast";
    public const string LowerBound = "LowerBound";
    public const string UpperBound = "UpperBound";
    public const string Quantiles = "Quantiles";
}
