using System.CommandLine;

namespace MlNetRnn.Scenarios;

/// <summary>Checks of option values while the command line is read, before any work is done.</summary>
public static class OptionExtensions
{
    /// <summary>Refuses a value below <paramref name="least"/>.</summary>
    public static Option<int> AtLeast(this Option<int> option, int least)
    {
        ArgumentNullException.ThrowIfNull(option);
        option.Validators.Add(result =>
        {
            // Text that is not a number has been reported by the parser already.
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var value) && value < least)
                result.AddError($"{option.Name} is {value}; expected {least} or more.");
        });
        return option;
    }
}
