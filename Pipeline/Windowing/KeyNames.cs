using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetRnn;

/// <summary>The names behind keys, for errors.</summary>
internal static class KeyNames
{
    /// <summary>The name of a key; null where the column is no key, has no names, or the key is missing.</summary>
    public static string? Name<T>(DataViewSchema.Column column, T key)
    {
        if (column.Type is not KeyDataViewType
            || column.Annotations.Schema.GetColumnOrNull("KeyValues") is not { Type: VectorDataViewType { ItemType: TextDataViewType } })
            return null;
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        column.Annotations.GetValue("KeyValues", ref names);
        var number = Convert.ToUInt64(key, CultureInfo.InvariantCulture);
        return number >= 1 && number <= (ulong)names.Length ? names.GetItemOrDefault((int)number - 1).ToString() : null;
    }
}
