namespace MlNetRnn.Tests;

/// <summary>Asserts that something fails and that its message says what a user needs.</summary>
internal static class Fails
{
    public static void With<TException>(Action action, params string[] parts) where TException : Exception
    {
        var e = Assert.Throws<TException>(action);
        foreach (var part in parts)
            Assert.Contains(part, e.Message);
    }
}
