using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>Calendar features on <c>ml.Transforms</c>.</summary>
public static class CalendarFeaturesExtensions
{
    /// <summary>
    /// Adds the hour, the day of the week, the month and other cycles of a time as sines and cosines, so that 23 o'clock and midnight, or
    /// December and January, are neighbours.
    /// </summary>
    /// <remarks>
    /// The features of a row depend on its time alone, so that they are known ahead: beside being inputs of
    /// <c>SlidingWindow</c>, they can be its <see cref="SlidingWindowOptions.FutureColumns"/>. A field counts whole units: at 13:45,
    /// <see cref="CalendarFields.HourOfDay"/> is that of 13:00; add <see cref="CalendarFields.MinuteOfHour"/> where rows are less than an
    /// hour apart.
    /// </remarks>
    /// <param name="catalog">The transforms catalog, <c>ml.Transforms</c>.</param>
    /// <param name="outputColumnName">The column of features, Vector&lt;Single, 2 × fields&gt;: sine and cosine of 2π times the phase of
    /// each field, with slot names such as <c>HourSin</c>, <c>HourCos</c>. An existing column of that name is shadowed.</param>
    /// <param name="inputColumnName">The time: DateTime, or DateTimeOffset, whose own clock counts (its offset included).</param>
    /// <param name="fields">One or several fields, joined by <c>|</c>.</param>
    /// <returns>An estimator whose transformer is saved and loaded with the model.</returns>
    /// <exception cref="ArgumentException">A name is empty, or there is no field; the text lists all problems.</exception>
    public static CalendarFeaturesEstimator CalendarFeatures(this TransformsCatalog catalog, string outputColumnName,
        string inputColumnName, CalendarFields fields)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new CalendarFeaturesEstimator(catalog.GetEnvironment(),
            new CalendarSettings(outputColumnName, inputColumnName, fields).Checked());
    }
}
